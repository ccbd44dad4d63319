/** Which file of a task a part file will become. */
export type AssetKind = 'video' | 'watermark' | 'mp3' | 'wav' | `image${number}` | `image${number}-watermark`;
