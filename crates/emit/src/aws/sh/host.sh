# --- Instance types: stop, change, start.

declare -A instance_kind=() instance_state=()

find_instance() { # INSTANCE
  local kind='' state=''
  [[ $fresh || ! ${loaded[instance $1]-} ]] || return 0
  ask ec2 describe-instances --instance-ids "$1" \
    --query 'Reservations[].Instances[].[InstanceType,State.Name]' || return 2
  read -r kind state <<<"$REPLY"
  loaded[instance $1]=yes instance_kind[$1]=$kind instance_state[$1]=$state
}

instance_type_there() { # INSTANCE TYPE running|stopped (when the plan was made)
  find_instance "$1" || return 2
  case ${instance_state[$1]} in
  terminated | shutting-down | '')
    [[ $direction != undo ]] || { note='the instance is gone' && return 0; }
    trouble="  $1 is gone" && return 2
    ;;
  esac
  [[ ${instance_kind[$1]} == "$2" ]] || return 1
  # Cut off between the change and the start: it is not done before it runs again.
  [[ $3 == stopped || ${instance_state[$1]} == running ]] && return 0
  [[ ${instance_state[$1]} != pending ]] || return 3
  return 1
}

instance_becomes() { # INSTANCE STATE
  local until=$((SECONDS + patience))
  [[ ! $plan_only ]] || return 0
  fresh=yes
  while find_instance "$1"; do
    [[ ${instance_state[$1]} != "$2" ]] || return 0
    if ((SECONDS >= until)); then trouble="  $1 is not $2 after $patience s" && return 1; fi
    sleep "$poll"
  done
  return 1
}

instance_type_set() { # INSTANCE TYPE running|stopped
  local runs=$3
  case ${instance_state[$1]-} in running | pending) runs=running ;; esac
  if [[ ${instance_kind[$1]-} != "$2" ]]; then
    if [[ ${instance_state[$1]-$3} != stopp* ]]; then
      act ec2 stop-instances --instance-ids "$1" || return 1
    fi
    instance_becomes "$1" stopped || return 1
    act ec2 modify-instance-attribute --instance-id "$1" --instance-type "{\"Value\":\"$2\"}" || return 1
  elif [[ ${instance_state[$1]} == stopping ]]; then
    instance_becomes "$1" stopped || return 1
  fi
  [[ $runs == running ]] || return 0
  act ec2 start-instances --instance-ids "$1" || return 1
  instance_becomes "$1" running
}
