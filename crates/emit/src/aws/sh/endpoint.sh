# --- VPC endpoints.

endpoint_family_there() { # ENDPOINT TYPE
  local is state
  ask ec2 describe-vpc-endpoints --vpc-endpoint-ids "$1" \
    --query 'VpcEndpoints[].[IpAddressType,State]' || return 2
  read -r is state <<<"$REPLY"
  case ${state,,} in pending) return 3 ;; esac
  [[ $is == "$2" || (-n $is && $is == None && $2 == ipv4) ]]
}

endpoint_family_set() { # ENDPOINT TYPE
  act ec2 modify-vpc-endpoint --vpc-endpoint-id "$1" --ip-address-type "$2"
}

endpoint_family_slow() { :; }
