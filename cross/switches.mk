# Build switches: WITH_NAME=0 leaves a part out, 1 puts it in. Every source of device and tools, and mbedTLS's configuration,
# sees them as NRS_WITH_NAME, always defined. The tools have everything. `make size-options` measures what each costs.

WITH_TLS12 ?= 1
WITH_TLS13 ?= 1
WITH_RSA ?= 1
WITH_CHACHA ?= 1
WITH_X25519 ?= 1
WITH_P384 ?= 0
WITH_ASM ?= 1
WITH_PACKET ?= 1
WITH_PROC ?= 1

SWITCHES := TLS12 TLS13 RSA CHACHA X25519 P384 ASM PACKET PROC
DEVICE_SWITCHES := $(foreach s,$(SWITCHES),-DNRS_WITH_$(s)=$(WITH_$(s)))
HOST_SWITCHES := $(SWITCHES:%=-DNRS_WITH_%=1)
