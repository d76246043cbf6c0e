# --- Prefixes: a block that is known only now, and what lies in it.
#
# {vpc-1}1a::a00:5 is the subnet 1a of the block of vpc-1, and in it the host ::a00:5. The digits
# fill the block up to 64 bits: one of them in a /60, five (0:001a) in a /44.

hextets() { # ADDRESS -> H, its eight numbers
  local head=${1%%::*} tail='' part missing
  local -a left=() right=()
  [[ $1 != *::* ]] || tail=${1#*::}
  IFS=: read -ra left <<<"$head"
  IFS=: read -ra right <<<"$tail"
  missing=$((8 - ${#left[@]} - ${#right[@]}))
  H=()
  for part in ${left[@]+"${left[@]}"}; do H+=($((16#$part))); done
  while ((missing-- > 0)); do H+=(0); done
  for part in ${right[@]+"${right[@]}"}; do H+=($((16#$part))); done
}

address_of() { # H -> REPLY, the address as RFC 5952 writes it
  local at run=0 best=1 from=-1 text=''
  for ((at = 7; at >= 0; at--)); do
    ((H[at] == 0)) && run=$((run + 1)) || run=0
    # Of two equal runs of zeros the first is shortened.
    if ((run > 1 && run >= best)); then best=$run from=$at; fi
  done
  for ((at = 0; at < 8; at++)); do
    if ((at == from)); then
      text+='::' at=$((at + best - 1))
    else
      [[ -z $text || $text == *: ]] || text+=:
      printf -v text '%s%x' "$text" "${H[at]}"
    fi
  done
  REPLY=$text
}

in_block() { # BLOCK DIGITS::HOST[/LENGTH] -> REPLY, the prefix or address itself
  local base=${1%/*} width=$(((64 - ${1#*/}) / 4)) rest=$2 digits suffix='' place
  [[ $rest != */* ]] || suffix=/${rest#*/}
  rest=${rest%/*}
  # From four digits on a colon stands before the last four.
  ((width < 4)) || width=$((width + 1))
  digits=${rest:0:width}
  digits=${digits/:/}
  hextets "${rest:width}"
  local -a host=("${H[@]}")
  hextets "$base"
  place=$((16#${digits:-0}))
  H[2]=$((H[2] | place >> 16))
  H[3]=$((H[3] | place & 0xffff))
  H=("${H[@]:0:4}" "${host[@]:4}")
  address_of
  REPLY+=$suffix
}
