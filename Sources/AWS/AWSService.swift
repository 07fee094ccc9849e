/// The services that Curfew calls.
///
/// The raw value is the name in errors and counts.
package enum AWSService: String, Sendable, CaseIterable {
    case cloudformation
    case sts
    case s3
    case ecr
    case iam

    /// In the credential scope of a signature.
    var signingName: String { rawValue }

    /// First label of the host.
    var hostPrefix: String {
        switch self {
        case .ecr: "api.ecr"
        case .cloudformation, .sts, .s3, .iam: rawValue
        }
    }

    /// `AWS_ENDPOINT_URL_…`.
    var environmentSuffix: String { rawValue.uppercased() }

    var queryVersion: String {
        switch self {
        case .cloudformation: "2010-05-15"
        case .sts: "2011-06-15"
        case .iam: "2010-05-08"
        case .s3, .ecr: ""
        }
    }
}
