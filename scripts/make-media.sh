#!/bin/sh
# Makes every clip and sound that the sandbox serves, from nothing, into src/sandbox/media/.
#
# Needs ffmpeg with libx264, libmp3lame and freetype, and a font. On Debian 12:
#   apt-get install --no-install-recommends ffmpeg fonts-dejavu-core
# Rerunning with the same versions gives the same bytes; other versions give other bytes that serve as well.
# MEDIA_OUT names another folder to write to, MEDIA_FONT another TrueType font.
set -eu

out=${MEDIA_OUT:-$(dirname "$0")/../src/sandbox/media}
font=${MEDIA_FONT:-/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf}
[ -f "$font" ] || { echo "make-media: no font at $font (Debian package fonts-dejavu-core)" >&2; exit 1; }
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Dates, the version of ffmpeg and the timing of threads must not reach the files.
make() {
	ffmpeg -nostdin -hide_banner -loglevel error -y -filter_threads 1 -filter_complex_threads 1 "$@"
}
exact='-fflags +bitexact -flags:v +bitexact -flags:a +bitexact -map_metadata -1 -threads 1'

# A bed of soft notes that swell in turn, over low noise: heard at once, and easy on the ear.
# $1 seconds  $2 second at which it fades
bed() {
	printf '%s' "aevalsrc=exprs='\
0.10*sin(2*PI*220.00*t)*(0.6+0.4*sin(2*PI*0.21*t))+0.06*sin(2*PI*329.63*t)*(0.6+0.4*sin(2*PI*0.37*t))|\
0.10*sin(2*PI*220.50*t)*(0.6+0.4*cos(2*PI*0.21*t))+0.06*sin(2*PI*277.18*t)*(0.6+0.4*cos(2*PI*0.29*t))'\
:s=44100:d=$1[tone];\
anoisesrc=color=brown:amplitude=0.04:seed=7:sample_rate=44100:duration=$1,aformat=channel_layouts=stereo[air];\
[tone][air]amix=inputs=2:normalize=0,afade=t=in:d=0.2,\
afade=t=out:st=$2:d=0.4,aformat=sample_fmts=fltp:channel_layouts=stereo[sound]"
}

# A slow gradient, a ball that crosses it, the words, and the clip's own clock.
# $1 frames  $2 more drawtext, or nothing  $3 file
picture() {
	make -filter_complex "\
color=c=black:s=160x90:r=24:d=11,format=gbrp,\
geq=r='50+46*sin(2*PI*(X/220+Y/300+N/240))':g='62+44*sin(2*PI*(X/260-Y/200+N/160)+1)':b='150+60*sin(2*PI*(Y/180-X/320-N/120)+2)',\
scale=1280:720:flags=bicubic+accurate_rnd+bitexact,\
format=gbrp[back];\
color=c=0xffb703:s=160x160:r=24:d=0.05,trim=end_frame=1,format=rgba,\
geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='255*clip(80-hypot(X-80,Y-80),0,1)',loop=loop=-1:size=1,setpts=N/24/TB[ball];\
[back][ball]overlay=x='560+480*sin(2*PI*n/120)':y='470-170*abs(sin(2*PI*n/48))':format=gbrp:eof_action=endall,\
drawtext=fontfile=$font:text='kling sandbox':fontsize=84:fontcolor=white:x=(w-text_w)/2:y=130,\
drawtext=fontfile=$font:text='%{eif\\:n/24\\:d\\:2}.%{eif\\:mod(n,24)\\:d\\:2}':fontsize=36:fontcolor=0xd8e2f0:x=48:y=h-76\
$2,trim=end_frame=$1,scale=out_color_matrix=bt709:flags=bicubic+accurate_rnd+bitexact,format=yuv420p,setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709" \
		-c:v libx264 -profile:v high -preset slow -tune animation -crf 33 -g 120 -x264-params threads=1 \
		-movflags +faststart $exact -f mp4 "$3"
}

mark=",drawtext=fontfile=$font:text='KLING SANDBOX WATERMARK':fontsize=28:fontcolor=white:box=1:boxcolor=black@0.55:boxborderw=12:x=w-text_w-36:y=h-text_h-36"

# Kling's 5 s and 10 s are a frame longer: 121 and 241 frames of 1/24 s.
for length in 5:121:5.041667:4.64 10:241:10.041667:9.64; do
	IFS=: read -r name frames seconds fade <<-END
		$length
	END
	make -filter_complex "$(bed "$seconds" "$fade")" -map '[sound]' -c:a pcm_f32le $exact -f wav "$work/bed.wav"

	# Mono 16 kHz keeps the only uncompressed file small.
	make -i "$work/bed.wav" -ac 1 -ar 16000 -c:a pcm_s16le $exact -f wav "$out/sound-${name}s.wav"
	make -i "$work/bed.wav" -c:a libmp3lame -b:a 64k $exact -f mp3 "$out/sound-${name}s.mp3"
	make -i "$work/bed.wav" -c:a aac -profile:a aac_low -b:a 64k $exact -f mp4 "$work/sound.m4a"

	for suffix in '' -watermark; do
		silent="$out/clip-${name}s$suffix.mp4"
		sounding="$out/clip-${name}s-sound$suffix.mp4"
		if [ -z "$suffix" ]; then picture "$frames" '' "$silent"; else picture "$frames" "$mark" "$silent"; fi
		# The same picture, byte for byte: adding sound to a clip changes nothing that is seen.
		make -i "$silent" -i "$work/sound.m4a" -map 0:v -map 1:a -c copy -movflags +faststart $exact -f mp4 "$sounding"
	done
done

# A picture, as PNG and as JPEG: one of the clip's.
for suffix in '' -watermark; do
	still="-ss 2 -i $out/clip-5s$suffix.mp4 -frames:v 1"
	# shellcheck disable=SC2086
	make $still $exact -pred mixed -compression_level 9 "$out/picture$suffix.png"
	# shellcheck disable=SC2086
	make $still $exact -q:v 4 "$out/picture$suffix.jpg"
done
