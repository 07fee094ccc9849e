import Curl
import Foundation

/// What containers' and instances' own endpoints answer with.
struct LocalAnswer: Decodable {
    /// Instances say `Success` here, or why not.
    let code: String?
    let accessKeyID: String?
    let secretAccessKey: String?
    let token: String?
    let expiration: String?

    private enum CodingKeys: String, CodingKey {
        case code = "Code"
        case accessKeyID = "AccessKeyId"
        case secretAccessKey = "SecretAccessKey"
        case token = "Token"
        case expiration = "Expiration"
    }

    /// The credentials in an answer; nothing of it stands in the errors.
    static func credentials(_ body: [UInt8], from source: String, now: Date) throws(AWSError) -> Credentials {
        guard let answer = try? JSONDecoder().decode(LocalAnswer.self, from: Data(body)) else {
            throw AWSError(.malformedAnswer, message: "\(source) did not answer with the JSON that AWS documents")
        }
        if let code = answer.code, code != "Success" {
            throw AWSError(.noCredentials, message: "\(source) has no credentials to give")
        }
        guard let key = answer.accessKeyID, let secret = answer.secretAccessKey, !key.isEmpty, !secret.isEmpty else {
            throw notUnderstood("\(source) gave no key, or no secret")
        }
        var expiration: Date?
        if let text = answer.expiration {
            guard let date = awsDate(text) else { throw notUnderstood("\(source) gave an Expiration that is no date") }
            guard date > now else {
                throw AWSError(.expiredCredentials, message: "\(source) gave credentials that have already expired")
            }
            expiration = date
        }
        return Credentials(
            accessKeyID: key,
            secretAccessKey: secret,
            sessionToken: answer.token,
            expiration: expiration
        )
    }
}

extension HTTPTransport {
    /// Asks an endpoint of this machine, which no proxy is to see; errors show neither path nor headers.
    func local(
        _ url: String,
        method: String = "GET",
        headers: [(name: String, value: String)] = [],
        within: Duration,
        source: String
    ) async throws(AWSError) -> HTTPResponse {
        let request = HTTPRequest(
            method: method,
            url: url,
            headers: HTTPHeaders(headers),
            limits: TransferLimits(connect: .seconds(1), total: within, slow: within, maximumBytes: 1 << 16),
            mayUseProxy: false
        )
        let response: HTTPResponse
        do { response = try await send(request) } catch {
            let failure = AWSError(error)
            throw AWSError(failure.kind, message: "\(source) did not answer: \(failure.message)")
        }
        if response.status == 429 || response.status >= 500 {
            throw AWSError(.serviceFailure, message: "\(source) answered \(response.status)", status: response.status)
        }
        return response
    }
}
