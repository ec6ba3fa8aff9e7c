#!/bin/sh
# Makes the users and the first configuration, and turns the login on. It may be run again: passwords are set again,
# and everything else stays as it is.
# ROOT_PASSWORD, USER_PASSWORD and ORDER_PASSWORD are the passwords of root and of the services user and order.
set -eu
: "${ROOT_PASSWORD:?}" "${USER_PASSWORD:?}" "${ORDER_PASSWORD:?}"
export WAYPOST_TIMEOUT=30s

# Whether a login is needed shows in what happens without one: 6 is the code of what is refused.
code=0
waypost get /config/user/application.yaml >/dev/null 2>&1 || code=$?
if [ "$code" -eq 6 ]; then export WAYPOST_USER=root WAYPOST_PASSWORD="$ROOT_PASSWORD"; fi

user() { # name, password
  if waypost user get "$1" >/dev/null 2>&1; then
    printf '%s\n' "$2" | waypost user passwd "$1" --interactive=false
  else
    printf '%s\n' "$2" | waypost user add "$1" --interactive=false
  fi
}

may() { # role, what, prefix
  waypost role grant-permission "$1" "$2" "$3" --prefix >/dev/null
}

service() { # name, password
  waypost role get "$1" >/dev/null 2>&1 || waypost role add "$1"
  may "$1" readwrite "/services/$1/"
  may "$1" read /services/
  may "$1" read /waypost/services/overrides/
  may "$1" readwrite /waypost/services/subscribers/
  may "$1" read /config/
  may "$1" read /waypost/config/
  may "$1" readwrite /waypost/config/consumers/
  may "$1" readwrite /waypost/config/applied/
  user "$1" "$2"
  waypost user grant-role "$1" "$1"
  if ! waypost config get "$1/application.yaml" >/dev/null 2>&1; then
    printf 'greeting: hello\n' | waypost config publish "$1/application.yaml" - --comment 'the first one'
  fi
}

service user "$USER_PASSWORD"
service order "$ORDER_PASSWORD"
user root "$ROOT_PASSWORD"
[ "$code" -eq 6 ] || waypost auth enable
