"""Imports a list of cuts with the code of OpenShot, as its File menu does, and prints the clips that it makes.

Usage: openshot-import.py edl|xml FILE FOLDER FPS
The editor's window, project and dialogs are stood in for; its importers and its library are the real ones.
"""
import json
import os
import sys
import types

os.environ["QT_QPA_PLATFORM"] = "offscreen"
sys.path.insert(0, "/usr/lib/python3/dist-packages/openshot_qt")
kind, file, folder, fps = sys.argv[1:]

clips = []


class Anything:
    """Whatever is asked of the window, it does nothing."""

    def __getattr__(self, _):
        return Anything()

    def __call__(self, *_):
        return Anything()


class Record:
    def __init__(self):
        self.data = {}
        self.id = "1"

    def save(self):
        self.data.setdefault("id", "1")


class Clip(Record):
    def save(self):
        kept = {name: self.data[name] for name in ("title", "position", "start", "end")}
        clips.append({**kept, "path": self.data["reader"]["path"]})


class File(Record):
    @staticmethod
    def get(**_):
        return None


project = types.SimpleNamespace(
    current_filepath="",
    get=lambda name: {"fps": {"num": int(fps), "den": 1}, "layers": [{"number": 1}]}[name],
)
app = types.SimpleNamespace(project=project, window=Anything(), _tr=lambda text: text)


def module(name, **members):
    made = types.ModuleType(name)
    made.__dict__.update(members)
    sys.modules[name] = made
    return made


import classes  # noqa: E402

module("classes.app", get_app=lambda: app)
module("classes.query", Clip=Clip, Track=Record, File=File)
import windows  # noqa: E402

sys.modules.setdefault("windows.views", types.ModuleType("windows.views")).__path__ = [
    "/usr/lib/python3/dist-packages/openshot_qt/windows/views"
]
from windows.views import find_file  # noqa: E402

find_file.known_paths.append(folder)
if kind == "edl":
    from classes.importers import edl as importer  # noqa: E402

    start = importer.import_edl
else:
    from classes.importers import final_cut_pro as importer  # noqa: E402

    start = importer.import_xml
importer.QFileDialog = types.SimpleNamespace(getOpenFileName=lambda *_: (file, ""))
start()
print(json.dumps(clips))
