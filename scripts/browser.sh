#!/bin/sh
# Finds or installs Chromium for the browser tests; prints its path, or nothing. Never fails: tests left out are named at the end.
set -u
cd "$(dirname "$0")/.."
for name in chromium chromium-browser google-chrome; do
  command -v "$name" 2>/dev/null && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; }; } >/dev/null 2>&1
  command -v chromium 2>/dev/null && exit 0
fi
.venv/bin/playwright install chromium >/dev/null 2>&1 && .venv/bin/python -c 'from playwright.sync_api import sync_playwright
with sync_playwright() as p: print(p.chromium.executable_path)' 2>/dev/null
exit 0
