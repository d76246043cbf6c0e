# --- Routes.

find_routes() { # TABLE -> rows: destination and targets of each IPv6 or listed route
  local destination v4 list rest
  [[ $fresh || ! ${loaded[routes $1]-} ]] || return 0
  ask ec2 describe-route-tables --route-table-ids "$1" --query \
    'RouteTables[0].Routes[].[DestinationIpv6CidrBlock,DestinationCidrBlock,DestinationPrefixListId,GatewayId,EgressOnlyInternetGatewayId,NatGatewayId,VpcPeeringConnectionId,TransitGatewayId,NetworkInterfaceId,InstanceId,LocalGatewayId,CarrierGatewayId,CoreNetworkArn]' ||
    return 2
  loaded[routes $1]=yes rows[routes $1]=$'\n'
  while IFS=$'\t' read -r destination v4 list rest; do
    [[ $destination != None ]] || destination=$v4
    [[ $destination != None ]] || destination=$list
    rest=${rest//None/}
    rows[routes $1]+="$destination ${rest//$'\t'/ } "$'\n'
  done <<<"$REPLY"
}

route_target() { # TARGET -> REPLY; eigw-of:VPC is a gateway that an earlier step made
  REPLY=$1
  [[ $1 == eigw-of:* && ! $plan_only ]] || return 0
  local vpc=${1#eigw-of:}
  find_egress_only "$vpc" || return 2
  REPLY=${egress_only_id[$vpc]-}
  [[ -z $REPLY ]] || return 0
  trouble="  $vpc has no egress-only gateway yet; an earlier step makes it"
  return 1
}

route_there() { # TABLE DESTINATION OPTION TARGET
  local destination target row
  resolve_or_gone "$2" || return
  destination=$REPLY
  find_routes "$1" || return 2
  row=${rows[routes $1]}
  [[ $row == *$'\n'"$destination "* ]] || return 1
  row=${row#*$'\n'"$destination "}
  row=" ${row%%$'\n'*} "
  if route_target "$4"; then
    target=$REPLY
  elif [[ $mode == remove && $row == *' eigw-'* ]]; then
    # The gateway went first: what is left of the route leads nowhere.
    trouble='' && return 0
  else
    return 2
  fi
  [[ $row != *" $target "* ]] || return 0
  read -r row <<<"$row"
  if [[ $mode == remove ]]; then note="it leads to $row now, which is not ours" && return 1; fi
  trouble="  $1 has another route for $destination already: to $row, not to $target"
  return 2
}

destination_option() { # DESTINATION -> REPLY
  case $1 in
  pl-*) REPLY=--destination-prefix-list-id ;;
  *:* | '{'*) REPLY=--destination-ipv6-cidr-block ;;
  *) REPLY=--destination-cidr-block ;;
  esac
}

route_add() { # TABLE DESTINATION OPTION TARGET
  local option destination
  destination_option "$2"
  option=$REPLY
  resolve "$2" || return 1
  destination=$REPLY
  route_target "$4" || return 1
  act ec2 create-route --route-table-id "$1" "$option" "$destination" "$3" "$REPLY"
}

route_remove() { # TABLE DESTINATION OPTION TARGET
  local option
  destination_option "$2"
  option=$REPLY
  resolve "$2" || return 1
  act ec2 delete-route --route-table-id "$1" "$option" "$REPLY"
}
