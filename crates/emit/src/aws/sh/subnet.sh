# --- Blocks of subnets, and addresses for what is launched in them.

declare -A subnet_net=() subnet_id=() subnet_state=() subnet_auto=()

find_subnet() { # VPC SUBNET: all of the network at first, later only the one
  local subnet auto net id state which=(--filters "Name=vpc-id,Values=$1")
  [[ $fresh || ! ${loaded[subnets $1]-} ]] || return 0
  [[ ! $fresh ]] || which=(--subnet-ids "$2")
  local -r live="Ipv6CidrBlockAssociationSet[?Ipv6CidrBlockState.State!='disassociated'&&Ipv6CidrBlockState.State!='failed']|[0]"
  ask ec2 describe-subnets "${which[@]}" --query \
    "Subnets[].[SubnetId,AssignIpv6AddressOnCreation,$live.Ipv6CidrBlock,$live.AssociationId,$live.Ipv6CidrBlockState.State]" ||
    return 2
  [[ $fresh ]] || loaded[subnets $1]=yes
  while IFS=$'\t' read -r subnet auto net id state; do
    [[ $subnet ]] || continue
    subnet_auto[$subnet]=$auto subnet_net[$subnet]=$net subnet_id[$subnet]=$id
    subnet_state[$subnet]=$state
  done <<<"$REPLY"
}

subnet_block_there() { # VPC SUBNET NET
  local net
  resolve_or_gone "$3" || return
  net=$REPLY
  find_subnet "$1" "$2" || return 2
  case ${subnet_state[$2]-} in
  *ing) return 3 ;;
  associated) ;;
  *) return 1 ;;
  esac
  [[ ${subnet_net[$2]} != "$net" ]] || return 0
  if [[ $mode == remove ]]; then note="it has ${subnet_net[$2]}, which is not ours" && return 1; fi
  trouble="  $2 has another IPv6 block already: ${subnet_net[$2]}, not $net"
  return 2
}

subnet_block_add() { # VPC SUBNET NET
  resolve "$3" || return 1
  act ec2 associate-subnet-cidr-block --subnet-id "$2" --ipv6-cidr-block "$REPLY"
}

subnet_block_remove() { # VPC SUBNET NET
  act ec2 disassociate-subnet-cidr-block --association-id "${subnet_id[$2]:-<its association>}"
}

subnet_block_slow() { :; }

auto_assign_there() { # VPC SUBNET on|off
  local is=off
  find_subnet "$1" "$2" || return 2
  [[ ${subnet_auto[$2]-} != True ]] || is=on
  # A subnet that is gone assigns nothing.
  [[ $is == "$3" ]]
}

auto_assign_set() { # VPC SUBNET on|off
  local switch=--assign-ipv6-address-on-creation
  [[ $3 == on ]] || switch=--no-assign-ipv6-address-on-creation
  act ec2 modify-subnet-attribute --subnet-id "$2" "$switch"
}
