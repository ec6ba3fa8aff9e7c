#!/bin/sh
# Makes an authority and one certificate for the three members, in ./certificates or the directory that is named.
# Further words are host names that the certificate is to hold besides those of the compose file and of Kubernetes.
set -eu
directory=${1:-certificates}
[ $# -gt 0 ] && shift
names='DNS:localhost,IP:127.0.0.1,DNS:etcd-1,DNS:etcd-2,DNS:etcd-3,DNS:etcd,DNS:*.etcd.waypost.svc'
for name in "$@"; do names="$names,DNS:$name"; done

umask 077
mkdir -p "$directory"
cd "$directory"
if [ ! -f ca.key ]; then
  openssl ecparam -name prime256v1 -genkey -noout -out ca.key
  openssl req -x509 -new -key ca.key -days 3650 -subj '/CN=waypost-store' -out ca.crt
fi
openssl ecparam -name prime256v1 -genkey -noout -out member.key
openssl req -new -key member.key -subj '/CN=member' -out member.csr
printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth,clientAuth\n' "$names" >member.ext
openssl x509 -req -in member.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 365 -extfile member.ext -out member.crt
rm -f member.csr member.ext
chmod 644 ca.crt member.crt
