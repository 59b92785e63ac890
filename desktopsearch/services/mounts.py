"""Whether the system tells of changes in a folder, going by the file system that it lies on."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

# Others change these over the network or from another system, which the kernel does not see.
_SILENT = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|9p|afs|ceph|glusterfs|lustre|vboxsf|vmhgfs|prl_fs|drvfs|davfs"
    r"|fuse\.(?:sshfs|rclone|davfs2|gvfsd-fuse|glusterfs|vmhgfs-fuse|s3fs|curlftpfs)"
)
_MOUNTS = Path("/proc/self/mountinfo")


def tells_of_changes(folder: bytes, mounts: Path = _MOUNTS) -> bool:
    """Whether hints of all changes are to be expected.

    Args:
        folder: Absolute.
        mounts: As ``proc_pid_mountinfo(5)`` describes it; where there is none, the answer is yes.
    """
    if sys.platform != "linux":
        return True
    try:
        lines = mounts.read_bytes().splitlines()
    except OSError:
        return True
    place = os.path.realpath(folder)
    longest, kind = -1, ""
    for line in lines:
        before, _, after = line.partition(b" - ")
        fields = before.split()
        if len(fields) > 4 and after:
            point = _unescaped(fields[4])
            below = point.rstrip(b"/") + b"/"
            # Of two at one point, the later one lies on top.
            if (place + b"/").startswith(below) and len(point) >= longest:
                longest, kind = len(point), after.split()[0].decode("ascii", "replace")
    return _SILENT.fullmatch(kind) is None


def _unescaped(point: bytes) -> bytes:
    return re.sub(rb"\\([0-7]{3})", lambda octal: bytes([int(octal[1], 8)]), point)
