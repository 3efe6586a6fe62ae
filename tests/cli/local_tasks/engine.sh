#!/bin/sh
# A container engine for tests: writes down how it is called, and plays what docker and podman answer. What it has lies in
# $FAKE: images (a file for each), container (what `cp` finds), start (what runs in a container), state (how that ended),
# fail-CALL (what a call that fails says).
line=$(basename "$0")
for word in "$@"; do
    line="$line [$word]"
done
printf '%s\n' "$line" >>"$FAKE/log"

call=$1
case $call in
    image | container) call=$1-$2 ;;
esac
if [ -e "$FAKE/fail-$call" ]; then
    cat "$FAKE/fail-$call" >&2
    exit 125
fi

image() {
    printf '%s/images/%s' "$FAKE" "$(printf '%s' "$1" | tr '/:' '__')"
}

case $call in
    start) if [ -e "$FAKE/start" ]; then . "$FAKE/start"; fi ;;
    container-inspect) cat "$FAKE/state" ;;
    image-inspect)
        [ -e "$(image "$5")" ] || exit 1
        case $4 in
            *Env*) echo '["A=1","PATH=/image/bin:/bin"]' ;;
            *) echo sha256:abc ;;
        esac
        ;;
    build)
        while [ $# -gt 0 ]; do
            [ "$1" = --tag ] && tag=$2
            [ "$1" = --file ] && file=$2
            shift
        done
        cp "$file" "$(image "$tag")"
        ;;
    load)
        cp "$3" "$FAKE/loaded"
        : >"$(image from-file:latest)"
        echo 'Loaded image: from-file:latest'
        ;;
    kill) if [ -e "$FAKE/pid" ]; then kill "$(cat "$FAKE/pid")"; fi ;;
    pull) : >"$(image "$2")" ;;
    tag) : >"$(image "$3")" ;;
    cp)
        from=$FAKE/container${2#*:}
        if [ ! -e "$from" ]; then
            echo "Error response from daemon: Could not find the file ${2#*:} in container ${2%%:*}" >&2
            exit 1
        fi
        cp -r "$from" "$3"
        ;;
esac
