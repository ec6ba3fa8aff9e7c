#!/bin/sh
# Makes what is missing, certificates and passwords, and starts the compose file.
set -eu
cd "$(dirname "$0")"
if ! docker compose version >/dev/null 2>&1; then
  echo 'This example needs Docker with its compose plugin. docs/guides/production.md says what the files are for.' >&2
  exit 1
fi
[ -f certificates/member.crt ] || ./certificates.sh
if [ ! -f .env ]; then
  umask 077
  for name in ROOT USER ORDER; do printf '%s_PASSWORD=%s\n' "$name" "$(openssl rand -hex 24)"; done >.env
fi
exec docker compose up --build "$@"
