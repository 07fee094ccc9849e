import Testing

@testable import AWS

@Suite struct RetryPolicyTests {
    private let full = RetryPolicy(attempts: 10, random: { 1 }, sleep: { _ in })
    private let busy = AWSError(.throttled, code: "Throttling", message: "Rate exceeded")

    @Test(arguments: [(1, 1.0), (2, 2), (3, 4), (4, 8), (5, 16), (6, 20), (9, 20)])
    func `waits double up to twenty seconds`(attempt: Int, seconds: Double) {
        #expect(full.delay(after: attempt, busy, changesSomething: false) == .seconds(seconds))
    }

    @Test func `chance shortens a wait`() {
        let half = RetryPolicy(attempts: 10, random: { 0.5 }, sleep: { _ in })
        #expect(half.delay(after: 3, busy, changesSomething: false) == .seconds(2))
    }

    @Test func `three calls in all`() {
        let standard = RetryPolicy.standard
        #expect(standard.delay(after: 1, busy, changesSomething: false) != nil)
        #expect(standard.delay(after: 2, busy, changesSomething: false) != nil)
        #expect(standard.delay(after: 3, busy, changesSomething: false) == nil)
        #expect(RetryPolicy.never.delay(after: 1, busy, changesSomething: false) == nil)
    }

    @Test func `what the server asks for is obeyed, up to twenty seconds`() {
        func delay(_ asked: Duration) -> Duration? {
            let error = AWSError(.throttled, message: "", retryAfter: asked)
            return full.delay(after: 1, error, changesSomething: false)
        }
        #expect(delay(.seconds(5)) == .seconds(5))
        #expect(delay(.milliseconds(10)) == .seconds(1))
        #expect(delay(.seconds(3600)) == .seconds(20))
    }

    @Test(arguments: [
        ("Throttling", 400, AWSError.Kind.throttled, true), ("ThrottlingException", 400, .throttled, true),
        ("TooManyRequestsException", 400, .throttled, true), ("RequestLimitExceeded", 503, .throttled, true),
        ("SlowDown", 503, .throttled, true), ("", 429, .throttled, true),
        ("InternalFailure", 500, .serviceFailure, true),
        ("", 502, .serviceFailure, true), ("RequestTimeout", 400, .serviceFailure, true),
        ("ValidationError", 400, .refused, false), ("AccessDenied", 403, .accessDenied, false),
        ("AccessDeniedException", 400, .accessDenied, false), ("ExpiredToken", 403, .expiredCredentials, false),
        ("InvalidClientTokenId", 403, .wrongCredentials, false),
        ("SignatureDoesNotMatch", 403, .wrongCredentials, false),
        ("RequestTimeTooSkewed", 403, .clockSkewed, false), ("RequestExpired", 400, .clockSkewed, false),
        ("TokenAlreadyExistsException", 400, .refused, false), ("NoSuchBucket", 404, .refused, false),
    ])
    func `codes and what they mean`(code: String, status: Int, kind: AWSError.Kind, retried: Bool) {
        let error = AWSError(AWSError.kind(ofCode: code, status: status), code: code, message: "", status: status)
        #expect(error.kind == kind)
        #expect((full.delay(after: 1, error, changesSomething: true) != nil) == retried)
    }

    @Test func `a limit is asked again for a reading, not for a change`() {
        let limit = AWSError(.throttled, code: "LimitExceededException", message: "")
        #expect(full.delay(after: 1, limit, changesSomething: false) != nil)
        #expect(full.delay(after: 1, limit, changesSomething: true) == nil)
    }
}
