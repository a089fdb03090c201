# Build switches: WITH_NAME=0 leaves a part out of the device program, 1 puts it in. Sources see them as NRS_WITH_NAME,
# always defined; the tools have everything. `make size-options` measures what each costs.

# TLS (cross/deps/mbedtls_device.h)
WITH_TLS12 ?= 1
WITH_TLS13 ?= 1
WITH_RSA ?= 1
WITH_CHACHA ?= 1
WITH_X25519 ?= 1
WITH_P384 ?= 0
WITH_ASM ?= 1

# Sources of flows, the scanner of executables and its PE half, texts about features
WITH_PACKET ?= 1
WITH_PROC ?= 1
WITH_SCAN ?= 1
WITH_PE ?= 0
WITH_TEXTS ?= 0

TLS_SWITCHES := TLS12 TLS13 RSA CHACHA X25519 P384 ASM
SWITCHES := $(TLS_SWITCHES) PACKET PROC SCAN PE TEXTS
device_switches = $(foreach s,$(1),-DNRS_WITH_$(s)=$(WITH_$(s)))
tool_switches = $(foreach s,$(1),-DNRS_WITH_$(s)=1)
