
begin "$@"

network vpc-0aa11aa11aa11aa11 123456789012/us-east-1 56 amazon ''
together sg-11aa22bb11aa22bb1 sg-33cc44dd33cc44dd3 sg-55ee66ff55ee66ff5

# Wave 1: IPv6 blocks for networks and subnets
at 123456789012/us-east-1
step 1 'vpc-0aa11aa11aa11aa11 (example) gets the block {vpc-0aa11aa11aa11aa11}00::/56' add vpc_block vpc-0aa11aa11aa11aa11
also 1 'the default list acl-0ac00ac00ac00ac00 gets ingress 101 allow all from ::/0' add acl_entry acl-0ac00ac00ac00ac00 ingress 101 allow -1 -1 -1 ::/0
also 1 'the default list acl-0ac00ac00ac00ac00 gets egress 101 allow all to ::/0' add acl_entry acl-0ac00ac00ac00ac00 egress 101 allow -1 -1 -1 ::/0
also 1 'group sg-11aa22bb11aa22bb1 (web) gets egress all to ::/0' add group_rule sg-11aa22bb11aa22bb1 egress -1 -1 -1 ::/0 ''
also 1 'group sg-33cc44dd33cc44dd3 (db) gets egress all to ::/0' add group_rule sg-33cc44dd33cc44dd3 egress -1 -1 -1 ::/0 ''
also 1 'group sg-55ee66ff55ee66ff5 (default) gets egress all to ::/0' add group_rule sg-55ee66ff55ee66ff5 egress -1 -1 -1 ::/0 ''

# Wave 2: IPv6 blocks for networks and subnets
step 2 'subnet-0bb11bb11bb11bb11 (public) gets {vpc-0aa11aa11aa11aa11}00::/64' add subnet_block vpc-0aa11aa11aa11aa11 subnet-0bb11bb11bb11bb11 '{vpc-0aa11aa11aa11aa11}00::/64'
step 3 'subnet-0bb22bb22bb22bb22 (private) gets {vpc-0aa11aa11aa11aa11}44::/64' add subnet_block vpc-0aa11aa11aa11aa11 subnet-0bb22bb22bb22bb22 '{vpc-0aa11aa11aa11aa11}44::/64'

# Wave 3: routes
step 4 'the egress-only gateway of vpc-0aa11aa11aa11aa11 is made' add egress_only vpc-0aa11aa11aa11aa11

# Wave 4: routes
step 5 'rtb-0ee11ee11ee11ee11 (public) routes ::/0 to igw-0cc11cc11cc11cc11' add route rtb-0ee11ee11ee11ee11 ::/0 --gateway-id igw-0cc11cc11cc11cc11
step 6 'rtb-0ee22ee22ee22ee22 (private) routes ::/0 to the new egress-only gateway' add route rtb-0ee22ee22ee22ee22 ::/0 --egress-only-internet-gateway-id eigw-of:vpc-0aa11aa11aa11aa11

# Wave 5: firewall rules
step 7 'group sg-11aa22bb11aa22bb1 (web) gets ingress tcp/80 from ::/0' add group_rule sg-11aa22bb11aa22bb1 ingress tcp 80 80 ::/0 ''
step 8 'group sg-11aa22bb11aa22bb1 (web) gets ingress tcp/443 from ::/0' add group_rule sg-11aa22bb11aa22bb1 ingress tcp 443 443 ::/0 ''

# Wave 6: addresses
step 9 'eni-0a11a11a11a11a11a of i-0a11a11a11a11a11a (web) gets {vpc-0aa11aa11aa11aa11}00::a00:a' add address vpc-0aa11aa11aa11aa11 eni-0a11a11a11a11a11a '{vpc-0aa11aa11aa11aa11}00::a00:a'

# Wave 7: addresses
step 10 'subnet-0bb11bb11bb11bb11 (public) gives new interfaces an IPv6 address' set auto_assign vpc-0aa11aa11aa11aa11 subnet-0bb11bb11bb11bb11 on
step 11 'subnet-0bb22bb22bb22bb22 (private) gives new interfaces an IPv6 address' set auto_assign vpc-0aa11aa11aa11aa11 subnet-0bb22bb22bb22bb22 on

# Wave 8: guest operating systems
by_hand 12 'the guest of i-0a11a11a11a11a11a (web) takes up its IPv6 address' 'on the host itself'

# Wave 9: names
by_hand 13 'names of i-0a11a11a11a11a11a (web) get AAAA {vpc-0aa11aa11aa11aa11}00::a00:a' 'in the zones that hold the names'

finish
