//! Host names of the services, by partition.
//!
//! Source: botocore's `partitions.json` and each service's `endpoint-rule-set-1.json`; the
//! six services that we call follow one rule. The tests hold what botocore answered.

/// Which of a region's hosts to call; a user's settings (`use_fips_endpoint`,
/// `use_dualstack_endpoint`) decide. An IPv6-only machine reaches the dual-stack ones alone.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Flavour {
    pub(crate) fips: bool,
    pub(crate) dual_stack: bool,
}

/// Region prefix, domain, dual-stack domain. The last row is for all other regions.
const PARTITIONS: [(&str, &str, &str); 8] = [
    ("cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    ("eusc-", "amazonaws.eu", "api.amazonwebservices.eu"),
    ("us-iso-", "c2s.ic.gov", "api.aws.ic.gov"),
    ("us-isob-", "sc2s.sgov.gov", "api.aws.scloud"),
    ("eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    ("us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
    ("us-gov-", "amazonaws.com", "api.aws"),
    ("", "amazonaws.com", "api.aws"),
];

/// `https://ec2.us-east-1.amazonaws.com`, for the `endpoint` name of a service.
pub(crate) fn url(service: &str, region: &str, flavour: Flavour) -> String {
    let (_, plain, dual_stack) = PARTITIONS
        .iter()
        .find(|row| region.starts_with(row.0))
        .unwrap_or(&PARTITIONS[7]);
    // GovCloud's ordinary hosts are the validated ones already.
    let fips = flavour.fips && (flavour.dual_stack || !region.starts_with("us-gov-"));
    let domain = if flavour.dual_stack {
        dual_stack
    } else {
        plain
    };
    format!(
        "https://{service}{}.{region}.{domain}",
        if fips { "-fips" } else { "" }
    )
}

/// Where buckets of a region are: these hosts follow a rule of their own.
pub(crate) fn buckets(region: &str, flavour: Flavour) -> String {
    let row = PARTITIONS.iter().find(|row| region.starts_with(row.0));
    let (_, domain, _) = row.unwrap_or(&PARTITIONS[7]);
    let fips = if flavour.fips { "-fips" } else { "" };
    let dual_stack = if flavour.dual_stack { ".dualstack" } else { "" };
    format!("https://s3{fips}{dual_stack}.{region}.{domain}")
}

/// Whether `region` can be a label of a host name: it becomes one, so it must be nothing else.
pub(crate) fn is_region(region: &str) -> bool {
    let label = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&region.len())
        && region.bytes().all(label)
        && !region.starts_with('-')
        && !region.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_have_hosts_of_their_own() {
        for (region, fips, dual_stack, want) in [
            ("eu-west-1", false, false, "s3.eu-west-1.amazonaws.com"),
            (
                "eu-west-1",
                false,
                true,
                "s3.dualstack.eu-west-1.amazonaws.com",
            ),
            (
                "us-gov-west-1",
                true,
                false,
                "s3-fips.us-gov-west-1.amazonaws.com",
            ),
            (
                "us-east-1",
                true,
                true,
                "s3-fips.dualstack.us-east-1.amazonaws.com",
            ),
            (
                "cn-north-1",
                false,
                true,
                "s3.dualstack.cn-north-1.amazonaws.com.cn",
            ),
        ] {
            let flavour = Flavour { fips, dual_stack };
            assert_eq!(buckets(region, flavour), format!("https://{want}"));
        }
    }

    #[test]
    fn hosts_are_the_ones_botocore_names() {
        for (service, region, fips, dual_stack, want) in [
            (
                "ec2",
                "us-east-1",
                false,
                false,
                "ec2.us-east-1.amazonaws.com",
            ),
            ("ec2", "us-east-1", false, true, "ec2.us-east-1.api.aws"),
            (
                "ec2",
                "eu-west-1",
                true,
                false,
                "ec2-fips.eu-west-1.amazonaws.com",
            ),
            ("ec2", "eu-west-1", true, true, "ec2-fips.eu-west-1.api.aws"),
            (
                "sts",
                "cn-north-1",
                false,
                false,
                "sts.cn-north-1.amazonaws.com.cn",
            ),
            (
                "ec2",
                "cn-north-1",
                false,
                true,
                "ec2.cn-north-1.api.amazonwebservices.com.cn",
            ),
            (
                "rds",
                "us-gov-west-1",
                false,
                false,
                "rds.us-gov-west-1.amazonaws.com",
            ),
            (
                "rds",
                "us-gov-west-1",
                true,
                false,
                "rds.us-gov-west-1.amazonaws.com",
            ),
            (
                "rds",
                "us-gov-west-1",
                true,
                true,
                "rds-fips.us-gov-west-1.api.aws",
            ),
            (
                "ec2",
                "us-iso-east-1",
                false,
                false,
                "ec2.us-iso-east-1.c2s.ic.gov",
            ),
            (
                "ec2",
                "us-isob-east-1",
                false,
                false,
                "ec2.us-isob-east-1.sc2s.sgov.gov",
            ),
            (
                "ec2",
                "eu-isoe-west-1",
                false,
                true,
                "ec2.eu-isoe-west-1.api.cloud-aws.adc-e.uk",
            ),
            (
                "ec2",
                "us-isof-south-1",
                true,
                false,
                "ec2-fips.us-isof-south-1.csp.hci.ic.gov",
            ),
            (
                "ec2",
                "eusc-de-east-1",
                false,
                false,
                "ec2.eusc-de-east-1.amazonaws.eu",
            ),
            (
                "ec2",
                "xx-new-1",
                false,
                false,
                "ec2.xx-new-1.amazonaws.com",
            ),
        ] {
            let flavour = Flavour { fips, dual_stack };
            assert_eq!(url(service, region, flavour), format!("https://{want}"));
        }
    }

    #[test]
    fn a_region_cannot_name_another_host() {
        assert!(is_region("us-gov-west-1"));
        for bad in [
            "",
            "evil.example/#",
            "us-east-1.evil",
            "US-EAST-1",
            "-a",
            "a-",
            "a b",
            "é",
        ] {
            assert!(!is_region(bad), "{bad}");
        }
    }
}
