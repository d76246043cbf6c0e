# --- Load balancers.

balancer_family_there() { # BALANCER TYPE
  local is state
  ask elbv2 describe-load-balancers --load-balancer-arns "$1" \
    --query 'LoadBalancers[].[IpAddressType,State.Code]' || return 2
  read -r is state <<<"$REPLY"
  [[ ${state-} != provisioning ]] || return 3
  [[ $is == "$2" ]]
}

balancer_family_set() { # BALANCER TYPE
  act elbv2 set-ip-address-type --load-balancer-arn "$1" --ip-address-type "$2"
}

balancer_family_slow() { :; }
