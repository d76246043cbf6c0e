# --- Egress-only gateways. Their ids are the provider's: they are looked up by the network.

declare -A egress_only_id=() egress_only_state=()

find_egress_only() { # VPC: all of the Region at first
  local id vpc state
  [[ $fresh || ! ${loaded[egress-only $place]-} ]] || return 0
  ask ec2 describe-egress-only-internet-gateways --query \
    'EgressOnlyInternetGateways[].[EgressOnlyInternetGatewayId,Attachments[0].VpcId,Attachments[0].State]' ||
    return 2
  loaded[egress-only $place]=yes
  egress_only_id[$1]='' egress_only_state[$1]=''
  while IFS=$'\t' read -r id vpc state; do
    [[ $vpc && $vpc != None && $state != detached ]] || continue
    egress_only_id[$vpc]=$id egress_only_state[$vpc]=$state
  done <<<"$REPLY"
}

egress_only_there() { # VPC
  find_egress_only "$1" || return 2
  [[ ${egress_only_id[$1]-} ]] || return 1
  note=${egress_only_id[$1]}
  [[ ${egress_only_state[$1]} != *ing ]] || return 3
}

egress_only_add() { # VPC
  local try made
  # A token that made a gateway which is gone by now gives the same answer and no gateway.
  for try in 1 2 3 4 5 6 7 8 9; do
    act ec2 create-egress-only-internet-gateway --vpc-id "$1" \
      --client-token "sixward-$plan_token-$1-$try" \
      --query EgressOnlyInternetGateway.EgressOnlyInternetGatewayId || return 1
    [[ ! $plan_only ]] || return 0
    made=$REPLY
    egress_only_exists "$made" && return 0
    [[ -z $trouble ]] || return 1
  done
  trouble="  the provider answers with gateways that are gone; wait a day, or change the plan"
  return 1
}

egress_only_exists() { # GATEWAY: what was made just now may take a moment to be seen
  local until=$((SECONDS + settle))
  while :; do
    ask ec2 describe-egress-only-internet-gateways --egress-only-internet-gateway-ids "$1" \
      --query 'EgressOnlyInternetGateways[].EgressOnlyInternetGatewayId' || return 1
    [[ $REPLY != "$1" ]] || return 0
    ((SECONDS < until)) || return 1
    sleep "$poll"
  done
}

egress_only_remove() { # VPC
  act ec2 delete-egress-only-internet-gateway \
    --egress-only-internet-gateway-id "${egress_only_id[$1]:-<that of $1>}"
}

egress_only_slow() { :; }
