/// A separate AWS: its own accounts, ARNs and host names.
///
/// Taken from botocore's partitions.json and endpoints.json.
package struct Partition: Sendable, Equatable {
    /// Second field of its ARNs.
    package let name: String
    package let suffix: String
    /// IAM is one service for the whole partition, signed for this region.
    package let globalRegion: String
    private let iamHost: String
    /// Where Organizations, Account Management and Cost Explorer are; China has them elsewhere than IAM.
    private let managementRegion: String

    /// The partition of a region; a region of unknown shape belongs to `aws`, as in AWS's own SDKs.
    package init(region: String) {
        self = Self.others.first { region.hasPrefix($0.prefix) }?.partition ?? .standard
    }

    /// By the second field of its ARNs; nil for one that is not known.
    package init?(named name: String) {
        let known = [Self.standard] + Self.others.map(\.partition)
        guard let found = known.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    /// Host and region of a service that is one for the whole partition; nil for all others.
    func global(_ service: AWSService) -> (host: String, region: String)? {
        switch service {
        case .iam: (iamHost, globalRegion)
        case .organizations, .account, .costs: ("\(service.hostPrefix).\(managementRegion).\(suffix)", managementRegion)
        default: nil
        }
    }

    private init(
        _ name: String,
        _ suffix: String,
        _ globalRegion: String,
        iam: String? = nil,
        management: String? = nil
    ) {
        self.name = name
        self.suffix = suffix
        self.globalRegion = globalRegion
        iamHost = iam ?? "iam.\(globalRegion).\(suffix)"
        managementRegion = management ?? globalRegion
    }

    static let standard = Partition("aws", "amazonaws.com", "us-east-1", iam: "iam.amazonaws.com")

    private static let others: [(prefix: String, partition: Partition)] = [
        ("cn-", Partition("aws-cn", "amazonaws.com.cn", "cn-north-1", management: "cn-northwest-1")),
        ("us-gov-", Partition("aws-us-gov", "amazonaws.com", "us-gov-west-1", iam: "iam.us-gov.amazonaws.com")),
        ("eusc-", Partition("aws-eusc", "amazonaws.eu", "eusc-de-east-1")),
        ("us-iso-", Partition("aws-iso", "c2s.ic.gov", "us-iso-east-1")),
        ("us-isob-", Partition("aws-iso-b", "sc2s.sgov.gov", "us-isob-east-1")),
        ("eu-isoe-", Partition("aws-iso-e", "cloud.adc-e.uk", "eu-isoe-west-1")),
        ("us-isof-", Partition("aws-iso-f", "csp.hci.ic.gov", "us-isof-south-1")),
    ]
}
