#!/usr/bin/env bash
# Lint, types, layers and tests; what `make test` runs once everything is set up.
set -euo pipefail
export QT_QPA_PLATFORM="${QT_QPA_PLATFORM:-offscreen}"
# As the application sets it for its children: waiting threads that spin make torch crawl on a busy
# machine.
export OMP_WAIT_POLICY=PASSIVE
# What many processes import is compiled once, whatever the environment says.
unset PYTHONDONTWRITEBYTECODE
# Several tests run at once: each of them has one core. Each process takes neighbours, so that what
# they share is made once, and takes from another one what is left when it has no more.
export OMP_NUM_THREADS=1
at_once=(-n logical --maxprocesses 4 --dist worksteal)
# Tests that drive other processes wait now and then: one more than there are cores keeps them busy.
one_more=(-n "$(python -c 'import os; print(min(4, (os.cpu_count() or 1) + 1))')" --dist worksteal)

echo "== lint";   ruff check . && ruff format --check .
echo "== types";  mypy
echo "== layers"; lint-imports
# torch and faiss bring an OpenMP runtime each: they never meet in one process.
with_torch=(tests/hashing tests/bundling tests/benchmarks)
echo "== tests of the hash network"; python -m pytest -q "${at_once[@]}" "${with_torch[@]}"
echo "== all other tests"; python -m pytest -q "${one_more[@]}" "${with_torch[@]/#/--ignore=}"
