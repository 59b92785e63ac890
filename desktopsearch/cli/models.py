"""``desktopsearch model``: which models there are, and which one the library uses."""

from __future__ import annotations

import argparse

from desktopsearch.cli.interrupts import noted
from desktopsearch.cli.output import ProgressLine, document, line
from desktopsearch.config import default_settings
from desktopsearch.services import models
from desktopsearch.services.importing import Wish, import_model
from desktopsearch.services.models import ModelEntry


def run(arguments: argparse.Namespace) -> int:
    """List, use or import."""
    match arguments.act:
        case "list":
            _list(arguments)
        case "use":
            _use(arguments)
        case "import":
            _import(arguments)
    return 0


def _list(arguments: argparse.Namespace) -> None:
    entries = models.every(arguments.library_paths)
    if arguments.json:
        document({"models": [_fields(entry) for entry in entries]})
        return
    for entry in entries:
        used = " (in use)" if entry.in_use else ""
        manifest = entry.manifest
        if manifest is not None:
            line(
                f"{entry.name}{used}: {manifest.backbone}, {manifest.input_px} px,"
                f" {manifest.embedding_dimensions} dimensions, {manifest.bits} bits,"
                f" {entry.size_bytes / 1e6:,.1f} MB"
            )
        if entry.problem is not None:
            line(f"{entry.name}{used}: {entry.problem}")


def _fields(entry: ModelEntry) -> dict[str, object]:
    manifest = entry.manifest
    return {
        "name": entry.name,
        "backbone": manifest.backbone if manifest else None,
        "input_px": manifest.input_px if manifest else None,
        "dimensions": manifest.embedding_dimensions if manifest else None,
        "bits": manifest.bits if manifest else None,
        "size_bytes": entry.size_bytes,
        "in_use": entry.in_use,
        "ready": entry.problem is None,
        "problem": str(entry.problem) if entry.problem else None,
    }


def _use(arguments: argparse.Namespace) -> None:
    progress = ProgressLine()
    with noted() as interrupted:
        try:
            switch = models.use(
                arguments.library_paths,
                arguments.name,
                default_settings(),
                progress.publish,
                interrupted,
            )
        finally:
            progress.end()
    if arguments.json:
        document(
            {
                "model": switch.model,
                "code_bits": switch.bits,
                "photos": switch.photos,
                "encoded": switch.encoded,
                "unencoded": switch.unencoded,
                "seconds": round(switch.seconds, 3),
                "device": switch.device,
            }
        )
        return
    line(
        f"{switch.model} is in use: {switch.photos:,} photos, {switch.bits} bits,"
        f" {switch.encoded:,} encoded in {switch.seconds:.1f} s"
    )
    if switch.unencoded:
        line(f"{switch.unencoded:,} photos are still to encode: run 'desktopsearch index'")


def _import(arguments: argparse.Namespace) -> None:
    name = arguments.name or arguments.backbone
    wish = Wish(
        backbone=arguments.backbone,
        path=arguments.path,
        name=name,
        bits=arguments.bits,
        px=arguments.px,
    )
    progress = ProgressLine()
    try:
        manifest = import_model(
            arguments.library_paths, wish, default_settings(), progress.publish, progress.count
        )
    finally:
        progress.end()
    if arguments.json:
        document(
            {
                "model": manifest.name,
                "backbone": manifest.backbone,
                "input_px": manifest.input_px,
                "dimensions": manifest.embedding_dimensions,
                "bits": manifest.bits,
            }
        )
        return
    line(
        f"{name}: {manifest.backbone}, {manifest.input_px} px,"
        f" {manifest.embedding_dimensions} dimensions, {manifest.bits} bits"
    )
    line(f"use it with 'desktopsearch model use {name}'")
