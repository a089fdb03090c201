include $(sort $(wildcard $(BR2_EXTERNAL_NOROSHI_PATH)/package/*/*.mk))
