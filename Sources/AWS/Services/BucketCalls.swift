import Curl

/// Calls on one bucket, and what all of them have in common.
struct BucketCalls: Sendable {
    let client: AWSClient
    let region: String
    let bucket: String

    func call<Answer>(
        _ operation: String,
        method: String = "GET",
        key: String? = nil,
        query: [(name: String, value: String)],
        body: [UInt8] = [],
        notAfter: ContinuousClock.Instant? = nil,
        window: WriteWindow? = nil,
        read: (HTTPResponse) throws(AWSError) -> Answer
    ) async throws(AWSError) -> Answer {
        guard isBucketName(bucket) else {
            throw AWSError(.misconfigured, message: "'\(bucket)' is no bucket name").on(.s3, operation, region: region)
        }
        var call = AWSCall(
            service: .s3,
            operation: operation,
            region: region,
            content: .bucket(bucket, method: method, key: key, query: query, body: body)
        )
        call.notAfter = notAfter
        if let window { call = call.changing(window) }
        do {
            return try await client.call(call, read: read)
        } catch {
            guard (300..<400).contains(error.status) else { throw error }
            throw AWSError(
                .refused,
                service: error.service,
                operation: error.operation,
                region: error.region,
                code: error.code.isEmpty ? "Redirect" : error.code,
                message: "the bucket could not be read: it is in another region",
                requestID: error.requestID,
                status: error.status
            )
        }
    }
}

/// A bucket's name becomes part of a host name: letters, digits and `-._`, first a letter or digit.
private func isBucketName(_ text: String) -> Bool {
    guard (3...255).contains(text.utf8.count), let first = text.utf8.first, isLetterOrDigit(first) else { return false }
    return text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 45 || $0 == 46 || $0 == 95 }
}

private func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122: true
    default: false
    }
}
