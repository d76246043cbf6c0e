# --- Managed services.

service_family_there() { # KIND NAME VALUE
  local is state
  case $1 in
  rds-instance)
    ask rds describe-db-instances --db-instance-identifier "$2" \
      --query 'DBInstances[].[NetworkType,DBInstanceStatus]'
    ;;
  rds-cluster | docdb | neptune)
    ask "${1%-cluster}" describe-db-clusters --db-cluster-identifier "$2" \
      --query 'DBClusters[].[NetworkType,Status]'
    ;;
  redshift)
    ask redshift describe-clusters --cluster-identifier "$2" \
      --query 'Clusters[].[IpAddressType,ClusterStatus]'
    ;;
  redshift-serverless)
    ask redshift-serverless get-workgroup --workgroup-name "$2" \
      --query '[workgroup.ipAddressType,workgroup.status]'
    ;;
  dms)
    ask dms describe-replication-instances --filters "Name=replication-instance-arn,Values=$2" \
      --query 'ReplicationInstances[].[NetworkType,ReplicationInstanceStatus]'
    ;;
  msk)
    ask kafka describe-cluster-v2 --cluster-arn "$2" --query \
      '[ClusterInfo.Provisioned.BrokerNodeGroupInfo.ConnectivityInfo.NetworkType,ClusterInfo.State,ClusterInfo.CurrentVersion]'
    ;;
  lambda)
    ask lambda get-function-configuration --function-name "$2" --query \
      "[VpcConfig.Ipv6AllowedForDualStack,LastUpdateStatus,join(',',VpcConfig.SubnetIds||\`[]\`),join(',',VpcConfig.SecurityGroupIds||\`[]\`)]"
    ;;
  opensearch)
    ask opensearch describe-domain --domain-name "$2" \
      --query '[DomainStatus.IPAddressType,DomainStatus.Processing]'
    ;;
  esac || return 2
  service_row=$REPLY
  read -r is state _ <<<"$REPLY"
  case ${state,,} in modifying | updating | inprogress | true) return 3 ;; esac
  # Without the field a service is what it was made as: IPv4.
  case $is in None | '') is=$4 ;; esac
  [[ ${is,,} == "${3,,}" ]]
}

service_family_set() { # KIND NAME VALUE IPV4-VALUE
  local subnets security version
  case $1 in
  rds-instance)
    act rds modify-db-instance --db-instance-identifier "$2" --network-type "$3" --apply-immediately
    ;;
  rds-cluster | docdb | neptune)
    act "${1%-cluster}" modify-db-cluster --db-cluster-identifier "$2" --network-type "$3" \
      --apply-immediately
    ;;
  redshift) act redshift modify-cluster --cluster-identifier "$2" --ip-address-type "$3" ;;
  redshift-serverless)
    act redshift-serverless update-workgroup --workgroup-name "$2" --ip-address-type "$3"
    ;;
  dms)
    act dms modify-replication-instance --replication-instance-arn "$2" --network-type "$3" \
      --apply-immediately
    ;;
  msk)
    read -r _ _ version <<<"$service_row"
    act kafka update-connectivity --cluster-arn "$2" --current-version "${version:-<its version>}" \
      --connectivity-info "{\"NetworkType\":\"$3\"}"
    ;;
  lambda)
    # The call replaces the whole network configuration: what is there is said again.
    read -r _ _ subnets security <<<"$service_row"
    act lambda update-function-configuration --function-name "$2" --vpc-config \
      "SubnetIds=${subnets:-<its subnets>},SecurityGroupIds=${security:-<its groups>},Ipv6AllowedForDualStack=$3"
    ;;
  opensearch)
    act opensearch update-domain-config --domain-name "$2" --ip-address-type "$3"
    ;;
  esac
}

service_row=''
service_family_slow() { :; }
