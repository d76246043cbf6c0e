# --- Rules of security groups, and entries of network ACLs.

declare -A group_batch=()
batches=()

together() { # GROUP...: groups that are read in one call
  local group
  for group; do group_batch[$group]=${#batches[@]}; done
  batches+=("$*")
}

find_group_rules() { # GROUP -> rows: direction, protocol, ports, remote; all of its batch at first
  local group egress protocol first last v6 v4 list other members
  [[ $fresh || ! ${loaded[group $1]-} ]] || return 0
  members=$1
  [[ $fresh || ! ${group_batch[$1]-} ]] || members=${batches[${group_batch[$1]}]}
  ask ec2 describe-security-group-rules --filters "Name=group-id,Values=${members// /,}" --query \
    'SecurityGroupRules[].[GroupId,IsEgress,IpProtocol,FromPort,ToPort,CidrIpv6,CidrIpv4,PrefixListId,ReferencedGroupInfo.GroupId]' ||
    return 2
  for group in $members; do loaded[group $group]=yes rows[group $group]=$'\n'; done
  while IFS=$'\t' read -r group egress protocol first last v6 v4 list other; do
    [[ $group && ${rows[group $group]-} ]] || continue
    case $egress in True) egress=egress ;; *) egress=ingress ;; esac
    case $protocol in
    tcp | udp | icmp) ;;
    icmpv6 | 58) protocol=icmpv6 ;;
    *) first=-1 last=-1 ;; # other protocols have no ports
    esac
    first=${first/None/-1} last=${last/None/-1}
    for other in "$v6" "$v4" "$list" "$other"; do [[ $other == None ]] || break; done
    rows[group $group]+="$egress $protocol $first $last $other"$'\n'
  done <<<"$REPLY"
}

group_rule_there() { # GROUP DIRECTION PROTOCOL FIRST LAST REMOTE NOTE
  local remote
  resolve_or_gone "$6" || return
  remote=$REPLY
  find_group_rules "$1" || return 2
  [[ ${rows[group $1]-} == *$'\n'"$2 $3 $4 $5 $remote"$'\n'* ]]
}

permission() { # PROTOCOL FIRST LAST REMOTE NOTE (as inside a JSON string) -> REPLY
  local range='' about='' remote
  resolve "$4" || return 1
  case $1 in tcp | udp | icmp | icmpv6) range="\"FromPort\":$2,\"ToPort\":$3," ;; esac
  [[ -z $5 ]] || about=",\"Description\":\"$5\""
  case $REPLY in
  pl-*) remote="\"PrefixListIds\":[{\"PrefixListId\":\"$REPLY\"$about}]" ;;
  sg-*) remote="\"UserIdGroupPairs\":[{\"GroupId\":\"$REPLY\"$about}]" ;;
  *:*) remote="\"Ipv6Ranges\":[{\"CidrIpv6\":\"$REPLY\"$about}]" ;;
  *) remote="\"IpRanges\":[{\"CidrIp\":\"$REPLY\"$about}]" ;;
  esac
  REPLY="[{\"IpProtocol\":\"$1\",$range$remote}]"
}

group_rule_add() { # GROUP DIRECTION PROTOCOL FIRST LAST REMOTE NOTE
  permission "$3" "$4" "$5" "$6" "$7" || return 1
  act ec2 "authorize-security-group-$2" --group-id "$1" --ip-permissions "$REPLY" && return 0
  # Somebody was faster, which is as good.
  [[ $code == InvalidPermission.Duplicate ]]
}

group_rule_remove() { # GROUP DIRECTION PROTOCOL FIRST LAST REMOTE NOTE
  permission "$3" "$4" "$5" "$6" '' || return 1
  act ec2 "revoke-security-group-$2" --group-id "$1" --ip-permissions "$REPLY"
}

find_entries() { # ACL -> rows: direction, number, action, protocol, ports, prefix
  local egress number action protocol first last kind detail v6 v4
  [[ $fresh || ! ${loaded[acl $1]-} ]] || return 0
  ask ec2 describe-network-acls --network-acl-ids "$1" --query \
    'NetworkAcls[0].Entries[].[Egress,RuleNumber,RuleAction,Protocol,PortRange.From,PortRange.To,IcmpTypeCode.Type,IcmpTypeCode.Code,Ipv6CidrBlock,CidrBlock]' ||
    return 2
  loaded[acl $1]=yes rows[acl $1]=$'\n'
  while IFS=$'\t' read -r egress number action protocol first last kind detail v6 v4; do
    case $egress in True) egress=egress ;; *) egress=ingress ;; esac
    case $protocol in
    6 | 17) ;;
    1 | 58) first=${kind/None/-1} last=${detail/None/-1} ;;
    *) first=-1 last=-1 ;;
    esac
    [[ $v6 != None ]] || v6=$v4
    rows[acl $1]+="$egress $number $action $protocol $first $last $v6"$'\n'
  done <<<"$REPLY"
}

acl_entry_there() { # ACL DIRECTION NUMBER ACTION PROTOCOL FIRST LAST PREFIX
  local row prefix
  resolve_or_gone "$8" || return
  prefix=$REPLY
  find_entries "$1" || return 2
  row=${rows[acl $1]}
  [[ $row == *$'\n'"$2 $3 "* ]] || return 1
  row=${row#*$'\n'"$2 $3 "}
  row=${row%%$'\n'*}
  [[ $row != "$4 $5 $6 $7 $prefix" ]] || return 0
  if [[ $mode == remove ]]; then note="entry $3 says '$row' now, which is not ours" && return 1; fi
  trouble="  $1 has another $2 entry $3 already: '$row', not '$4 $5 $6 $7 $prefix'"
  return 2
}

acl_entry_add() { # ACL DIRECTION NUMBER ACTION PROTOCOL FIRST LAST PREFIX
  local -a prefix=(--cidr-block) ports=()
  resolve "$8" || return 1
  [[ $REPLY != *:* ]] || prefix=(--ipv6-cidr-block)
  case $5 in
  6 | 17) ports=(--port-range "From=$6,To=$7") ;;
  1 | 58) ports=(--icmp-type-code "Type=$6,Code=$7") ;;
  esac
  act ec2 create-network-acl-entry --network-acl-id "$1" "--$2" --rule-number "$3" \
    --rule-action "$4" --protocol "$5" ${ports[@]+"${ports[@]}"} "${prefix[@]}" "$REPLY"
}

acl_entry_remove() { # ACL DIRECTION NUMBER ...
  act ec2 delete-network-acl-entry --network-acl-id "$1" "--$2" --rule-number "$3"
}
