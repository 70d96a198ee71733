#!/bin/sh
# Sets up Rasa in nlu/.venv and trains it into nlu/models. A second run takes a moment; one run at a time. Ends with 3 and one sentence where Rasa can't run.
set -eu
cd "$(dirname "$0")/.."
root=$(pwd)
cant() { echo "$1" >&2; exit 3; }

[ "$(uname -s) $(uname -m)" = "Linux x86_64" ] || cant "Rasa runs on x86-64 Linux only; the built-in understanding serves."
mkdir -p nlu/models
if command -v flock >/dev/null 2>&1; then
  exec 9>nlu/models/.lock
  flock 9
fi

wanted=$(cksum < nlu/requirements.txt)
if [ "$(cat nlu/.venv/.stamp 2>/dev/null || true)" != "$wanted" ] || ! nlu/.venv/bin/python -c '' 2>/dev/null; then
  uv=
  for found in "$(command -v uv || true)" "$root/.uv/venv/bin/uv" "$root/.uv/bin/uv"; do
    [ -n "$found" ] && "$found" --version >/dev/null 2>&1 && { uv=$found; break; }
  done
  [ -n "$uv" ] || cant "Setting up Rasa needs uv; install it and call make nlu. The built-in understanding serves."
  echo "Setting up Rasa …"
  # In nlu/, whose .python-version tells. Python 3.10 of this machine first; else uv fetches one where it may.
  made() { (cd nlu && "$uv" venv --quiet --clear --python 3.10 .venv 2>/dev/null); }
  UV_PYTHON_DOWNLOADS=never made || made || cant "Rasa needs Python 3.10, which is not here and could not be fetched; the built-in understanding serves."
  "$uv" pip sync --quiet --require-hashes --python nlu/.venv/bin/python nlu/requirements.txt
  printf '%s' "$wanted" > nlu/.venv/.stamp
fi

name=nlu-$(cat nlu/config.yml nlu/domain.yml nlu/tokenizer.py nlu/classifier.py bot/understanding/normalise.py bot/understanding/sound.py nlu/data/*/*.yml nlu/requirements.txt | cksum | tr ' ' '-')
[ -f "nlu/models/$name.tar.gz" ] && exit 0
export PYTHONPATH="$root" PYTHONWARNINGS=ignore RASA_TELEMETRY_ENABLED=false SQLALCHEMY_SILENCE_UBER_WARNING=1 TF_CPP_MIN_LOG_LEVEL=3 OMP_NUM_THREADS=1
export RASA_MAX_CACHE_SIZE=0 RASA_CACHE_DIRECTORY="$root/nlu/models/.cache"  # a model is made of its texts only, not of an earlier one
log=nlu/models/train.log
echo "Training Rasa …"
nlu/.venv/bin/python -m rasa data validate --fail-on-warnings --domain nlu/domain.yml --config nlu/config.yml --data nlu/data > "$log" 2>&1 ||
  { grep -E 'UserWarning|Exception|error:' "$log" >&2; exit 1; }
nlu/.venv/bin/python -m rasa train nlu --config nlu/config.yml --domain nlu/domain.yml --nlu nlu/data --out nlu/models/.making --fixed-model-name "$name" >> "$log" 2>&1 ||
  { tail -20 "$log" >&2; exit 1; }
rm -f nlu/models/*.tar.gz
mv "nlu/models/.making/$name.tar.gz" nlu/models/
rm -rf nlu/models/.making
echo "Rasa is trained."
