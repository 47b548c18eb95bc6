#!/usr/bin/env bash
# postgres_image.sh LAB_FOLDER: an image of the PostgreSQL that this machine has installed (Debian's layout).
set -euo pipefail
. "$1/lab.env"
HOME_OF=$(ls -d /usr/lib/postgresql/*/ 2>/dev/null | sort -V | tail -1) || true
[ -n "$HOME_OF" ] || { echo "✗ PostgreSQL is not installed here (Debian: apt install postgresql)."; exit 1; }
VERSION=$(basename "$HOME_OF")
R=$(mktemp -d); trap 'rm -rf "$R"' EXIT
mkdir -p "$R/usr/lib/postgresql/$VERSION" "$R/usr/share/postgresql/$VERSION" "$R/usr/share/zoneinfo" "$R/usr/lib/x86_64-linux-gnu" "$R/etc"
cp -a "/usr/lib/postgresql/$VERSION/." "$R/usr/lib/postgresql/$VERSION/"
cp -a "/usr/share/postgresql/$VERSION/." "$R/usr/share/postgresql/$VERSION/"
cp -a /usr/share/zoneinfo/. "$R/usr/share/zoneinfo/"
rm -rf "$R/usr/lib/postgresql/$VERSION/lib/bitcode" "$R/usr/lib/postgresql/$VERSION"/lib/llvmjit* "$R/usr/share/postgresql/$VERSION/man"
for program in postgres initdb psql pg_isready; do ldd "$R/usr/lib/postgresql/$VERSION/bin/$program"; done |
  awk '/=> \//{print $3}' | grep -vE '/lib(c|m|pthread|dl|rt)\.so' | sort -u | xargs cp -Lt "$R/usr/lib/x86_64-linux-gnu/"
# initdb looks for its user's name.
{ cat "$LAB/rootfs/etc/passwd"; echo 'postgres:x:999:999::/var/lib/postgresql:/usr/sbin/nologin'; } >"$R/etc/passwd"
python3 "$HERE/mkimage.py" "$IMG/postgres.tar" lab.local/postgres:1 --base "$IMG/base.tar" --tree "$R/usr=/usr" --tree "$R/etc=/etc" \
  --env "PATH=/usr/lib/postgresql/$VERSION/bin:/usr/local/bin:/usr/bin:/bin" --user 999:999
