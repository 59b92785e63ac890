#!/usr/bin/env bash
# Lint, types, layers and tests; what `make test` runs once everything is set up.
set -euo pipefail
export QT_QPA_PLATFORM="${QT_QPA_PLATFORM:-offscreen}"

echo "== lint";   ruff check . && ruff format --check .
echo "== types";  mypy
echo "== layers"; lint-imports
# torch and faiss bring an OpenMP runtime each: they never meet in one process.
echo "== tests of the hash network"; python -m pytest -q tests/hashing tests/bundling
echo "== all other tests"; python -m pytest -q --ignore=tests/hashing --ignore=tests/bundling
