# --- Addresses of interfaces.

declare -A interface_addresses=()

find_interface() { # VPC INTERFACE: all of the network at first, later only the one
  local id list address which=(--filters "Name=vpc-id,Values=$1")
  [[ $fresh || ! ${loaded[interfaces $1]-} ]] || return 0
  [[ ! $fresh ]] || which=(--network-interface-ids "$2")
  ask ec2 describe-network-interfaces "${which[@]}" --query \
    "NetworkInterfaces[].[NetworkInterfaceId,join(',',Ipv6Addresses[].Ipv6Address||\`[]\`)||'-']" || return 2
  if [[ $fresh ]]; then
    interface_addresses[$2]=''
  else
    loaded[interfaces $1]=yes
  fi
  while IFS=$'\t' read -r id list; do
    [[ $id ]] || continue
    interface_addresses[$id]=''
    [[ $list != - ]] || continue
    # As RFC 5952 writes them, whoever wrote them.
    for address in ${list//,/ }; do
      hextets "$address"
      address_of
      interface_addresses[$id]+=" $REPLY"
    done
  done <<<"$REPLY"
}

address_there() { # VPC INTERFACE ADDRESS|automatic
  local wanted=''
  if [[ $3 != automatic ]]; then
    resolve_or_gone "$3" || return
    wanted=$REPLY
  fi
  find_interface "$1" "$2" || return 2
  if [[ $3 == automatic ]]; then
    [[ ${interface_addresses[$2]-} ]] || return 1
    note=${interface_addresses[$2]# }
    return 0
  fi
  [[ "${interface_addresses[$2]-} " == *" $wanted "* ]]
}

address_add() { # VPC INTERFACE ADDRESS|automatic
  if [[ $3 == automatic ]]; then
    act ec2 assign-ipv6-addresses --network-interface-id "$2" --ipv6-address-count 1 \
      --query 'AssignedIpv6Addresses[0]' || return 1
    note=$REPLY
    return 0
  fi
  resolve "$3" || return 1
  act ec2 assign-ipv6-addresses --network-interface-id "$2" --ipv6-addresses "$REPLY"
}

address_remove() { # VPC INTERFACE ADDRESS|automatic: automatic means all that it has
  local -a gone=()
  if [[ $3 == automatic ]]; then
    read -ra gone <<<"${interface_addresses[$2]:-<its address>}"
  else
    resolve "$3" || return 1
    gone=("$REPLY")
  fi
  act ec2 unassign-ipv6-addresses --network-interface-id "$2" --ipv6-addresses "${gone[@]}"
}
