extension AWSError {
    /// What a person can do about it, one line; nil where the message says it all.
    package var advice: String? {
        switch kind {
        case .throttled:
            "Too many calls for this account and region: try again later, or let fewer readers run at once."
        case .accessDenied:
            service.isEmpty
                ? "Give the role that Curfew uses the permission named above."
                : "Give the role that Curfew uses the permission for \(service) \(operation)."
        case .expiredCredentials:
            "The credentials have expired: log in again, or use a profile that renews them."
        case .wrongCredentials:
            "Check the access key and secret, and that the region is enabled for the account; check the clock too."
        case .noCredentials:
            "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE with a profile of the shared config file; or "
                + "run where a role is attached."
        case .clockSkewed:
            "Check the clock of this machine: it and AWS's disagree."
        case .serviceFailure:
            "The service failed or is busy: try again later."
        case .unreachable:
            "Check the network, the proxy and the endpoint settings (AWS_ENDPOINT_URL…)."
        case .brokenOff:
            "The connection broke or was too slow: try again, check the proxy."
        case .malformedAnswer, .notUnderstood:
            "Something other than AWS may have answered: check the endpoint settings and the proxy."
        case .refused where code == "ObjectLocked":
            "Its objects are kept by a legal hold or until a retention ends: have it lifted or wait, then plan anew."
        case .refused where code == "RegionDisabledException" || code == "OptInRequired":
            "Enable the region for the account, or leave it out of the settings."
        case .refused, .misconfigured, .cancelled, .deadlinePassed: nil
        }
    }

    /// Which kind a service's code and status stand for.
    static func kind(ofCode code: String, status: Int) -> Kind {
        if throttling.contains(code) { return .throttled }
        if clock.contains(code) { return .clockSkewed }
        if expired.contains(code) { return .expiredCredentials }
        if wrong.contains(code) { return .wrongCredentials }
        if denied.contains(code) { return .accessDenied }
        if passing.contains(code) { return .serviceFailure }
        return switch status {
        case 429: .throttled
        case 401 where code.isEmpty, 403 where code.isEmpty: .accessDenied
        case 500...: .serviceFailure
        default: .refused
        }
    }

    /// The codes botocore's standard retry mode treats as throttling.
    static let throttling: Set<String> = [
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException",
        "TooManyRequestsException", "ProvisionedThroughputExceededException", "TransactionInProgressException",
        "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException", "RequestThrottled", "SlowDown",
        "PriorRequestNotComplete", "EC2ThrottledException",
    ]

    /// 500, 502, 503 and 504 are transient by their status.
    private static let passing: Set<String> = [
        "RequestTimeout", "RequestTimeoutException", "InternalFailure", "InternalError", "ServiceUnavailable",
        "ServiceUnavailableException", "ServerException", "IDPCommunicationError",
    ]

    private static let clock: Set<String> = [
        "RequestExpired", "RequestTimeTooSkewed", "RequestInTheFuture",
    ]

    private static let expired: Set<String> = ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"]

    private static let wrong: Set<String> = [
        "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "InvalidSignatureException",
        "InvalidAccessKeyId", "IncompleteSignature", "IncompleteSignatureException", "MissingAuthenticationToken",
        "MissingAuthenticationTokenException", "AuthFailure", "InvalidToken", "AuthorizationHeaderMalformed",
        "InvalidIdentityToken",
    ]

    private static let denied: Set<String> = [
        "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized", "Forbidden",
        "AuthorizationError", "AuthorizationErrorException",
    ]
}
