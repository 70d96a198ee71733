#!/bin/sh
# Installs everything into .venv: Python 3.11 or newer is found, or fetched by uv. Run by `make setup`; a second run takes a moment.
set -eu
cd "$(dirname "$0")/.."
root=$(pwd)
stamp=.venv/.stamp
wanted=$(cat requirements/dev.txt scripts/setup.sh | cksum)
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && [ -x .venv/bin/mgramseva ] && .venv/bin/python -c '' 2>/dev/null && exit 0

good() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
python=
for name in "${PYTHON:-}" python3 python3.11 python3.12 python3.13 python3.14 python; do
  [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 && good "$name" && { python=$name; break; }
done

fetch_uv() {
  [ -x .uv/bin/uv ] && return 0
  mkdir -p .uv/bin
  if [ -n "$python" ] && "$python" -m pip --version >/dev/null 2>&1; then
    "$python" -m pip install --quiet --disable-pip-version-check --no-warn-script-location --target .uv/lib uv && ln -sf ../lib/bin/uv .uv/bin/uv && .uv/bin/uv --version >/dev/null 2>&1 && return 0
  fi
  command -v curl >/dev/null 2>&1 && curl -LsSf https://astral.sh/uv/install.sh 2>/dev/null | env UV_INSTALL_DIR="$root/.uv/bin" UV_NO_MODIFY_PATH=1 sh >/dev/null 2>&1 && [ -x .uv/bin/uv ]
}

uv=$(command -v uv 2>/dev/null || true)
if [ -z "$uv" ]; then
  if [ -n "$python" ] && "$python" -m venv --clear .uv/venv >/dev/null 2>&1 && .uv/venv/bin/python -m pip install --quiet --disable-pip-version-check uv 2>/dev/null; then
    uv=$root/.uv/venv/bin/uv
  elif fetch_uv; then
    uv=$root/.uv/bin/uv
  fi
fi

if [ -n "$uv" ]; then
  echo "Installing packages …"
  [ -x .venv/bin/python ] && good .venv/bin/python || "$uv" venv --quiet --clear --python "${python:->=3.11}" .venv
  "$uv" pip sync --quiet --require-hashes --python .venv/bin/python requirements/dev.txt
elif [ -n "$python" ] && "$python" -m venv .venv 2>/dev/null; then
  echo "Installing packages with pip …"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
else
  echo "mGramSeva Chat needs Python 3.11 or newer with venv or pip, or uv, or curl to fetch it; please install one of them." >&2
  exit 1
fi

# The command: a shell script, because a shebang fails on a long path or one with a space.
cat > .venv/bin/mgramseva <<'COMMAND'
#!/bin/sh
here=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
PYTHONPATH="$here/..${PYTHONPATH:+:$PYTHONPATH}" exec "$here/bin/python" -m bot.cli "$@"
COMMAND
chmod +x .venv/bin/mgramseva
printf '%s' "$wanted" > "$stamp"
