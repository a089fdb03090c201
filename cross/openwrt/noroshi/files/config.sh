# shellcheck shell=dash
# /etc/config/noroshi as the agent's JSON. Needs config_load and its relatives of /lib/functions.sh.
#
# An option has the name and the values of its key in CONFIG.md: `option url` in section `collector` is collector.url,
# `option host_id` in section `noroshi` is host_id. What is not set is left out, so the agent's defaults hold. The
# agent checks the values; here they are only written in the form that the key wants.

# key form; list: `list` in UCI, an array of strings in JSON.
NOROSHI_KEYS='
host_id text
user text
collector.url text
collector.proxy text
collector.ca text
collector.cert text
collector.key text
collector.content_type text
collector.prefix text
source.order text
source.interfaces list
source.poll_s number
source.buffer_kib number
source.open_flows number
source.names flag
table.profile text
table.destinations number
table.watched number
table.names number
model.file text
model.keys list
spool.dir text
spool.kib number
state.dir text
report.min_conns number
report.update_s number
report.health_s number
report.flush_s number
report.evidence flag
scan.watch flag
scan.walk_s number
scan.new_s number
allow.net text
allow.domain text
allow.port number
allow.proto text
allow.process text
allow.until text'

# A JSON string. A control character would be an error of the agent's, too; it becomes a space.
noroshi_text() {
	printf '"%s"' "$(printf '%s' "$1" | tr '\001-\037\177' ' ' | sed 's/[\\"]/\\&/g')"
}

noroshi_list_item() {
	items="$items${items:+, }$(noroshi_text "$1")"
}

# noroshi_value SECTION OPTION FORM: the value in JSON, nothing if the option is not set. A number or flag that is none
# goes as text, so that the agent names the key.
noroshi_value() {
	local value flag items=

	if [ "$3" = list ]; then
		config_list_foreach "$1" "$2" noroshi_list_item
		[ -z "$items" ] || printf '[%s]' "$items"
		return
	fi
	config_get value "$1" "$2"
	[ -n "$value" ] || return 0
	case $3 in
	flag)
		config_get_bool flag "$1" "$2" ''
		case $flag in
		1) printf true ;;
		0) printf false ;;
		*) noroshi_text "$value" ;;
		esac
		;;
	number)
		case $value in
		*[!0-9]*) noroshi_text "$value" ;;
		*) printf '%s' "$value" ;;
		esac
		;;
	*) noroshi_text "$value" ;;
	esac
}

# noroshi_members SECTION PREFIX: "key": value, ... of all keys with this prefix that are set.
noroshi_members() {
	local key form value members=

	while read -r key form; do
		case $key in
		"$2"*.* | '') continue ;;
		"$2"*) ;;
		*) continue ;;
		esac
		value=$(noroshi_value "$1" "${key#"$2"}" "$form")
		[ -z "$value" ] || members="$members${members:+, }\"${key#"$2"}\": $value"
	done <<-EOF
	$NOROSHI_KEYS
	EOF
	printf '%s' "$members"
}

noroshi_rule() {
	local members

	members=$(noroshi_members "$1" allow.)
	[ -z "$members" ] || rules="$rules${rules:+, }{$members}"
}

# The whole configuration on standard output.
noroshi_json() {
	local section members all rules=

	config_load noroshi
	all=$(noroshi_members noroshi '')
	for section in collector source table model spool state report scan; do
		members=$(noroshi_members "$section" "$section.")
		[ -z "$members" ] || all="$all${all:+,
 }\"$section\": {$members}"
	done
	config_foreach noroshi_rule allow
	[ -z "$rules" ] || all="$all${all:+,
 }\"allow\": [$rules]"
	printf '{%s}\n' "$all"
}
