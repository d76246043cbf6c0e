# --- Transit gateways.

attachment_v6_there() { # ATTACHMENT enable|disable
  local is state
  ask ec2 describe-transit-gateway-vpc-attachments --transit-gateway-attachment-ids "$1" \
    --query 'TransitGatewayVpcAttachments[].[Options.Ipv6Support,State]' || return 2
  read -r is state <<<"$REPLY"
  [[ ${state-} != modifying && ${state-} != pending ]] || return 3
  [[ ${is:-disable} == "$2" ]]
}

attachment_v6_set() { # ATTACHMENT enable|disable
  act ec2 modify-transit-gateway-vpc-attachment --transit-gateway-attachment-id "$1" \
    --options "Ipv6Support=$2"
}

attachment_v6_slow() { :; }

transit_route_there() { # TABLE DESTINATION ATTACHMENT|blackhole
  local destination kind state target
  resolve_or_gone "$2" || return
  destination=$REPLY
  ask ec2 search-transit-gateway-routes --transit-gateway-route-table-id "$1" \
    --filters Name=type,Values=static "Name=route-search.exact-match,Values=$destination" \
    --query 'Routes[].[Type,State,TransitGatewayAttachments[0].TransitGatewayAttachmentId]' || return 2
  read -r kind state target <<<"$REPLY"
  [[ $kind && $state != deleted ]] || return 1
  [[ $state != pending && $state != deleting ]] || return 3
  if [[ $state == blackhole && $target == None ]]; then target=blackhole; fi
  [[ $target != "$3" ]] || return 0
  if [[ $mode == remove ]]; then note="it leads to $target now, which is not ours" && return 1; fi
  trouble="  $1 has another route for $destination already: to $target, not to $3"
  return 2
}

transit_route_add() { # TABLE DESTINATION ATTACHMENT|blackhole
  local -a target=(--transit-gateway-attachment-id "$3")
  [[ $3 != blackhole ]] || target=(--blackhole)
  resolve "$2" || return 1
  act ec2 create-transit-gateway-route --transit-gateway-route-table-id "$1" \
    --destination-cidr-block "$REPLY" "${target[@]}"
}

transit_route_remove() { # TABLE DESTINATION ATTACHMENT|blackhole
  resolve "$2" || return 1
  act ec2 delete-transit-gateway-route --transit-gateway-route-table-id "$1" \
    --destination-cidr-block "$REPLY"
}

transit_route_slow() { :; }
