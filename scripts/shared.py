"""What pages of a folder carry, as files beside them: each once, however many pages show it. It works from disk."""

import base64
import hashlib
import re
from functools import partial
from pathlib import Path

from course_lib.live.export import shared

PICTURE = re.compile(r'src="data:image/(\w+);base64,([^"]+)"')


def share(root: Path, folder: str) -> None:
    """In all pages under `root`: what their live figures carry, and pictures, become files of root/folder."""
    target = root / folder
    target.mkdir(parents=True, exist_ok=True)
    for page in root.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        address = "../" * (len(page.relative_to(root).parts) - 1) + folder
        bare, files = shared(text, address)
        bare = PICTURE.sub(partial(_kept, target, address), bare)
        if bare != text:
            page.write_text(bare, encoding="utf-8")
        for name, content in files.items():
            (target / name).write_text(content, encoding="utf-8")


def weighed(root: Path, most: float) -> str:
    """How large a folder is; RuntimeError where that is more than `most` MB."""
    size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file()) / 1e6
    if size > most:
        raise RuntimeError(f"{root} has {size:.1f} MB; it may have {most}")
    return f"{size:.1f} MB"


def _kept(target: Path, address: str, found: re.Match) -> str:
    """The source of a picture, now a file called after its bytes."""
    data = base64.b64decode(found[2])
    name = f"{hashlib.sha256(data).hexdigest()[:12]}.{found[1]}"
    (target / name).write_bytes(data)
    return f'src="{address}/{name}"'
