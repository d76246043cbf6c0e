//! Answers in the shape of the API reference's examples, and the JSON the CLI prints.

use super::super::shapes::Table;
use super::*;

fn printed(service: &str, operation: &str, xml: &str) -> Result<serde_json::Value, AnswerError> {
    let table = Table::embedded().unwrap();
    let json = read(table.entry(service, operation).unwrap(), xml)?;
    Ok(serde_json::from_slice(&json.print().unwrap()).unwrap())
}

#[test]
fn a_vpc_with_both_families() {
    let xml = r#"<DescribeVpcsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
      <requestId>7a62c442-3484-4f42-9342-6942EXAMPLE</requestId>
      <vpcSet><item>
        <vpcId>vpc-1a2b3c4d</vpcId><state>available</state><cidrBlock>10.0.0.0/16</cidrBlock>
        <ipv6CidrBlockAssociationSet><item>
          <ipv6CidrBlock>2001:db8:1234:1a00::/56</ipv6CidrBlock>
          <associationId>vpc-cidr-assoc-abababab</associationId>
          <ipv6CidrBlockState><state>ASSOCIATED</state></ipv6CidrBlockState>
        </item></ipv6CidrBlockAssociationSet>
        <tagSet/><isDefault>false</isDefault><newInNextYear>x</newInNextYear>
      </item></vpcSet>
    </DescribeVpcsResponse>"#;
    let want = serde_json::json!({"Vpcs": [{
        "VpcId": "vpc-1a2b3c4d", "State": "available", "CidrBlock": "10.0.0.0/16", "IsDefault": false, "Tags": [],
        "Ipv6CidrBlockAssociationSet": [{
            "AssociationId": "vpc-cidr-assoc-abababab",
            "Ipv6CidrBlock": "2001:db8:1234:1a00::/56",
            "Ipv6CidrBlockState": {"State": "ASSOCIATED"},
        }],
    }]});
    assert_eq!(printed("ec2", "DescribeVpcs", xml).unwrap(), want);
}

#[test]
fn members_come_in_the_order_of_the_model() {
    let table = Table::embedded().unwrap();
    let xml = "<DescribeVpcsResponse><vpcSet><item><vpcId>v</vpcId><cidrBlock>c</cidrBlock></item></vpcSet></DescribeVpcsResponse>";
    let reversed = "<DescribeVpcsResponse><vpcSet><item><cidrBlock>c</cidrBlock><vpcId>v</vpcId></item></vpcSet></DescribeVpcsResponse>";
    let entry = table.entry("ec2", "DescribeVpcs").unwrap();
    assert_eq!(read(entry, xml).unwrap(), read(entry, reversed).unwrap());
}

#[test]
fn a_wrapped_answer_with_numbers_and_times() {
    let xml = r#"<DescribeDBInstancesResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/">
      <DescribeDBInstancesResult><DBInstances><DBInstance>
        <DBInstanceIdentifier>db</DBInstanceIdentifier><AllocatedStorage>20</AllocatedStorage>
        <InstanceCreateTime>2026-01-01T00:00:00.5Z</InstanceCreateTime><NetworkType>IPV4</NetworkType>
        <PendingModifiedValues><MasterUserPassword>hunter2</MasterUserPassword></PendingModifiedValues>
      </DBInstance></DBInstances></DescribeDBInstancesResult>
      <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>
    </DescribeDBInstancesResponse>"#;
    let want = serde_json::json!({"DBInstances": [{
        "DBInstanceIdentifier": "db", "AllocatedStorage": 20, "NetworkType": "IPV4",
        "InstanceCreateTime": "2026-01-01T00:00:00.500000+00:00",
        "PendingModifiedValues": {"MasterUserPassword": WITHHELD},
    }]});
    assert_eq!(printed("rds", "DescribeDBInstances", xml).unwrap(), want);
}

#[test]
fn a_map_in_a_listener() {
    let xml = "<DescribeListenersResponse><DescribeListenersResult><Listeners><member>\
      <Port>443</Port><DefaultActions><member><Type>authenticate-oidc</Type><AuthenticateOidcConfig>\
      <AuthenticationRequestExtraParams><entry><key>display</key><value>page</value></entry>\
      </AuthenticationRequestExtraParams></AuthenticateOidcConfig></member></DefaultActions>\
      </member></Listeners></DescribeListenersResult></DescribeListenersResponse>";
    let want = serde_json::json!({"Listeners": [{"Port": 443, "DefaultActions": [{
        "Type": "authenticate-oidc",
        "AuthenticateOidcConfig": {"AuthenticationRequestExtraParams": {"display": "page"}},
    }]}]});
    assert_eq!(printed("elbv2", "DescribeListeners", xml).unwrap(), want);
}

#[test]
fn pre_shared_keys_are_withheld() {
    let xml = "<DescribeVpnConnectionsResponse><vpnConnectionSet><item>\
      <customerGatewayConfiguration>&lt;pre_shared_key&gt;hunter2</customerGatewayConfiguration>\
      <options><tunnelOptionSet><item><preSharedKey>hunter2</preSharedKey></item></tunnelOptionSet></options>\
      </item></vpnConnectionSet></DescribeVpnConnectionsResponse>";
    let got = printed("ec2", "DescribeVpnConnections", xml)
        .unwrap()
        .to_string();
    assert!(got.contains("CustomerGatewayConfiguration") && got.contains("PreSharedKey"));
    assert!(!got.contains("hunter2"));
}

#[test]
fn absent_empty_and_wrong() {
    let answer =
        |inner: &str| format!("<DescribeSubnetsResponse>{inner}</DescribeSubnetsResponse>");
    let read = |inner: &str| printed("ec2", "DescribeSubnets", &answer(inner));
    assert_eq!(read("").unwrap(), serde_json::json!({}));
    assert_eq!(
        read("<subnetSet/>").unwrap(),
        serde_json::json!({"Subnets": []})
    );
    assert_eq!(
        read("<subnetSet><item><vpcId/></item></subnetSet>").unwrap(),
        serde_json::json!({"Subnets": [{"VpcId": ""}]})
    );
    let wrong = read(
        "<subnetSet><item><availableIpAddressCount>many</availableIpAddressCount></item></subnetSet>",
    );
    assert_eq!(
        wrong.unwrap_err().to_string(),
        "AvailableIpAddressCount is \"many\", which is not a whole number"
    );
}

#[test]
fn a_login_page_is_not_an_empty_account() {
    let page = "<html><body>Please sign in</body></html>";
    assert!(matches!(
        printed("ec2", "DescribeVpcs", page),
        Err(AnswerError::Root { .. })
    ));
    let bare = "<DescribeDBClustersResponse/>";
    assert!(matches!(
        printed("rds", "DescribeDBClusters", bare),
        Err(AnswerError::Wrapper(_))
    ));
}
