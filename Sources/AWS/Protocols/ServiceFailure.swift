import Curl
import Foundation

/// What an answer says that is not a success, in any of the four protocols.
func serviceFailure(_ response: HTTPResponse, _ call: AWSCall, hiding credentials: Credentials) -> AWSError {
    var details = FailureDetails()
    switch call.content {
    case .json, .rest, .restPost: details.read(json: response)
    case .query, .bucket: details.read(xml: response)
    }
    details.requestID =
        details.requestID ?? response.headers["x-amzn-requestid"] ?? response.headers["x-amz-request-id"]
    let kind =
        (300..<400).contains(response.status)
        ? .refused : AWSError.kind(ofCode: details.code, status: response.status)
    var message = credentials.removed(from: details.message)
    // AWS appends the canonical request, which holds the session token.
    if let range = message.range(of: "The Canonical String") { message = String(message[..<range.lowerBound]) }
    if message.isEmpty { message = "answered \(response.status)" }
    if details.code.hasPrefix("Signature") || details.code.hasPrefix("InvalidSignature") {
        message += " (a wrong secret, or a wrong clock: check the clock)"
    }
    return AWSError(
        kind,
        service: call.service.rawValue,
        operation: call.operation,
        region: call.region,
        code: details.code,
        message: message,
        requestID: details.requestID,
        status: response.status,
        retryAfter: retryAfter(response.headers)
    )
}

/// `x-amz-retry-after` in milliseconds, `Retry-After` in seconds; a date there is not obeyed.
private func retryAfter(_ headers: HTTPHeaders) -> Duration? {
    if let text = headers["x-amz-retry-after"], let milliseconds = Int(text), milliseconds >= 0 {
        return .milliseconds(min(milliseconds, 86_400_000))
    }
    if let text = headers["retry-after"], let seconds = Int(text), seconds >= 0 {
        return .seconds(min(seconds, 86_400))
    }
    return nil
}

private struct FailureDetails {
    var code = ""
    var message = ""
    var requestID: String?

    /// `<ErrorResponse><Error>…` of the query protocol, and S3's bare `<Error>`.
    mutating func read(xml response: HTTPResponse) {
        guard let root = try? parsedXML(response.body) else { return }
        let error = root.name == "Error" ? root : root["Error"] ?? root["Errors"]?["Error"]
        code = error?.text("Code") ?? ""
        message = error?.text("Message") ?? ""
        requestID = root.text("RequestId") ?? root.text("RequestID")
    }

    /// The code stands in a header or in `__type`, after a namespace and before a colon.
    mutating func read(json response: HTTPResponse) {
        let fields = try? JSONDecoder().decode(JSONFailure.self, from: Data(response.body))
        // What stands before a service (and one emulator) answers in XML whatever was asked.
        if fields == nil { read(xml: response) }
        guard code.isEmpty else { return }
        let type = response.headers["x-amzn-errortype"] ?? fields?.type ?? fields?.code ?? ""
        code = String(type.prefix { $0 != ":" }.split(separator: "#").last ?? "")
        message = fields?.message ?? fields?.capitalMessage ?? ""
    }
}

private struct JSONFailure: Decodable {
    let type: String?
    let code: String?
    let message: String?
    let capitalMessage: String?

    private enum CodingKeys: String, CodingKey {
        case type = "__type"
        case code
        case message
        case capitalMessage = "Message"
    }
}
