#!/bin/sh
# The device program as a file of its target: asks for no interpreter and no library, cannot execute its stack, has no
# writable code and no executable constants; on MIPS it needs no FPU (an emulator always has one, so running it would not show).
set -eu
program=$(dirname "$BUILD")/noroshi
headers=$(readelf -hlW "$program")
attributes=$(readelf -AW "$program")

refuse() {
    echo "$program: $1"
    exit 1
}
case $headers in *INTERP*) refuse 'asks for an interpreter' ;; esac
echo "$headers" | grep -q 'GNU_STACK .* RW ' || refuse 'executable stack'
! echo "$headers" | grep -q 'LOAD .* RWE ' || refuse 'code can be written'
! echo "$headers" | grep -q '\.text.*\.rodata' || refuse 'constants can be executed'
! readelf -dW "$program" 2>/dev/null | grep -q NEEDED || refuse 'needs a library'
case $headers in
*MIPS*) echo "$attributes" | grep -q 'FP ABI: *Soft float' || refuse 'needs an FPU' ;;
esac
