/// A separate AWS: its own accounts, ARNs and host names.
///
/// Taken from botocore's partitions.json and endpoints.json.
package struct Partition: Sendable, Equatable {
    /// Second field of its ARNs.
    package let name: String
    package let suffix: String
    /// IAM is one service for the whole partition, signed for this region.
    package let globalRegion: String
    let iamHost: String

    /// The partition of a region; a region of unknown shape belongs to `aws`, as in AWS's own SDKs.
    package init(region: String) {
        self = Self.others.first { region.hasPrefix($0.prefix) }?.partition ?? .standard
    }

    private init(_ name: String, _ suffix: String, _ globalRegion: String, iam: String? = nil) {
        self.name = name
        self.suffix = suffix
        self.globalRegion = globalRegion
        iamHost = iam ?? "iam.\(globalRegion).\(suffix)"
    }

    static let standard = Partition("aws", "amazonaws.com", "us-east-1", iam: "iam.amazonaws.com")

    private static let others: [(prefix: String, partition: Partition)] = [
        ("cn-", Partition("aws-cn", "amazonaws.com.cn", "cn-north-1")),
        ("us-gov-", Partition("aws-us-gov", "amazonaws.com", "us-gov-west-1", iam: "iam.us-gov.amazonaws.com")),
        ("eusc-", Partition("aws-eusc", "amazonaws.eu", "eusc-de-east-1")),
        ("us-iso-", Partition("aws-iso", "c2s.ic.gov", "us-iso-east-1")),
        ("us-isob-", Partition("aws-iso-b", "sc2s.sgov.gov", "us-isob-east-1")),
        ("eu-isoe-", Partition("aws-iso-e", "cloud.adc-e.uk", "eu-isoe-west-1")),
        ("us-isof-", Partition("aws-iso-f", "csp.hci.ic.gov", "us-isof-south-1")),
    ]
}
