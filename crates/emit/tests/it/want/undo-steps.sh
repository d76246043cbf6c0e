
begin "$@"

network vpc-0aa11aa11aa11aa11 123456789012/us-east-1 56 amazon ''
together sg-11aa22bb11aa22bb1 sg-33cc44dd33cc44dd3 sg-55ee66ff55ee66ff5

# Wave 9: names
by_hand 13 'names of i-0a11a11a11a11a11a (web) lose AAAA {vpc-0aa11aa11aa11aa11}00::a00:a' 'in the zones that hold the names'

# Wave 8: guest operating systems
by_hand 12 'the guest of i-0a11a11a11a11a11a (web) is put back as it was' 'on the host itself'

# Wave 7: addresses
at 123456789012/us-east-1
step 11 'subnet-0bb22bb22bb22bb22 (private) no longer gives new interfaces an IPv6 address' set auto_assign vpc-0aa11aa11aa11aa11 subnet-0bb22bb22bb22bb22 off
step 10 'subnet-0bb11bb11bb11bb11 (public) no longer gives new interfaces an IPv6 address' set auto_assign vpc-0aa11aa11aa11aa11 subnet-0bb11bb11bb11bb11 off

# Wave 6: addresses
step 9 'eni-0a11a11a11a11a11a of i-0a11a11a11a11a11a (web) gives {vpc-0aa11aa11aa11aa11}00::a00:a back' remove address vpc-0aa11aa11aa11aa11 eni-0a11a11a11a11a11a '{vpc-0aa11aa11aa11aa11}00::a00:a'

# Wave 5: firewall rules
step 8 'group sg-11aa22bb11aa22bb1 (web) loses ingress tcp/443 from ::/0' remove group_rule sg-11aa22bb11aa22bb1 ingress tcp 443 443 ::/0 ''
step 7 'group sg-11aa22bb11aa22bb1 (web) loses ingress tcp/80 from ::/0' remove group_rule sg-11aa22bb11aa22bb1 ingress tcp 80 80 ::/0 ''

# Wave 4: routes
step 6 'rtb-0ee22ee22ee22ee22 (private) no longer routes ::/0 to the new egress-only gateway' remove route rtb-0ee22ee22ee22ee22 ::/0 --egress-only-internet-gateway-id eigw-of:vpc-0aa11aa11aa11aa11
step 5 'rtb-0ee11ee11ee11ee11 (public) no longer routes ::/0 to igw-0cc11cc11cc11cc11' remove route rtb-0ee11ee11ee11ee11 ::/0 --gateway-id igw-0cc11cc11cc11cc11

# Wave 3: routes
step 4 'the egress-only gateway of vpc-0aa11aa11aa11aa11 is deleted' remove egress_only vpc-0aa11aa11aa11aa11

# Wave 2: IPv6 blocks for networks and subnets
step 3 'subnet-0bb22bb22bb22bb22 (private) gives {vpc-0aa11aa11aa11aa11}44::/64 back' remove subnet_block vpc-0aa11aa11aa11aa11 subnet-0bb22bb22bb22bb22 '{vpc-0aa11aa11aa11aa11}44::/64'
step 2 'subnet-0bb11bb11bb11bb11 (public) gives {vpc-0aa11aa11aa11aa11}00::/64 back' remove subnet_block vpc-0aa11aa11aa11aa11 subnet-0bb11bb11bb11bb11 '{vpc-0aa11aa11aa11aa11}00::/64'

# Wave 1: IPv6 blocks for networks and subnets
step 1 'group sg-55ee66ff55ee66ff5 (default) loses egress all to ::/0' remove group_rule sg-55ee66ff55ee66ff5 egress -1 -1 -1 ::/0 ''
step 1 'group sg-33cc44dd33cc44dd3 (db) loses egress all to ::/0' remove group_rule sg-33cc44dd33cc44dd3 egress -1 -1 -1 ::/0 ''
step 1 'group sg-11aa22bb11aa22bb1 (web) loses egress all to ::/0' remove group_rule sg-11aa22bb11aa22bb1 egress -1 -1 -1 ::/0 ''
step 1 'the default list acl-0ac00ac00ac00ac00 loses egress 101 allow all to ::/0' remove acl_entry acl-0ac00ac00ac00ac00 egress 101 allow -1 -1 -1 ::/0
step 1 'the default list acl-0ac00ac00ac00ac00 loses ingress 101 allow all from ::/0' remove acl_entry acl-0ac00ac00ac00ac00 ingress 101 allow -1 -1 -1 ::/0
step 1 'vpc-0aa11aa11aa11aa11 (example) gives the block {vpc-0aa11aa11aa11aa11}00::/56 back' remove vpc_block vpc-0aa11aa11aa11aa11

finish
