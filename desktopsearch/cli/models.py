"""``desktopsearch model``: which models there are, and which one the library uses."""

from __future__ import annotations

import argparse

from desktopsearch.cli.interrupts import noted
from desktopsearch.cli.output import ProgressLine, document, line, note
from desktopsearch.cli.texts import _, decimal, error_sentence, figure, plural
from desktopsearch.config import default_settings
from desktopsearch.hashing.model import ModelManifest
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
        name = _("{model} (in use)").format(model=entry.name) if entry.in_use else entry.name
        if entry.manifest is not None:
            size = decimal(entry.size_bytes / 1e6)
            line(f"{name}: {_figures(entry.manifest)}, {size} MB")
        if entry.problem is not None:
            line(f"{name}: {error_sentence(entry.problem)}")


def _figures(manifest: ModelManifest) -> str:
    return _("{backbone}, {px} px, {dimensions} dimensions, {bits} bits").format(
        backbone=manifest.backbone,
        px=figure(manifest.input_px),
        dimensions=figure(manifest.embedding_dimensions),
        bits=figure(manifest.bits),
    )


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
        _("{model} is in use: {photos}, {bits} bits, {encoded} encoded in {seconds} s").format(
            model=switch.model,
            photos=plural("{n} photo", "{n} photos", switch.photos),
            bits=figure(switch.bits),
            encoded=figure(switch.encoded),
            seconds=decimal(switch.seconds),
        )
    )
    if switch.unencoded:
        line(
            plural(
                "{n} photo is still to encode: run 'desktopsearch index'",
                "{n} photos are still to encode: run 'desktopsearch index'",
                switch.unencoded,
            )
        )


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
        imported = import_model(
            arguments.library_paths, wish, default_settings(), progress.publish, progress.count
        )
    finally:
        progress.end()
    if imported.left_out:
        note(
            plural(
                "{n} photo could not be read from its proxy and was left out.",
                "{n} photos could not be read from their proxies and were left out.",
                imported.left_out,
            )
        )
    manifest = imported.manifest
    if arguments.json:
        document(
            {
                "model": manifest.name,
                "backbone": manifest.backbone,
                "input_px": manifest.input_px,
                "dimensions": manifest.embedding_dimensions,
                "bits": manifest.bits,
                "photos": imported.photos,
                "left_out": imported.left_out,
            }
        )
        return
    line(f"{name}: {_figures(manifest)}")
    line(_("use it with 'desktopsearch model use {model}'").format(model=name))
