import Curl
import Foundation

extension AWSClient {
    /// What a JSON service answers; with a window it is a call that changes something.
    ///
    /// A member of `Answer` that is not optional is promised: an answer without it is an error and never emptiness.
    func json<Answer: Decodable>(
        _ service: AWSService,
        _ operation: String,
        region: String,
        _ question: some Encodable,
        window: WriteWindow? = nil,
        notAfter: ContinuousClock.Instant? = nil
    ) async throws(AWSError) -> Answer {
        var call = try jsonCall(service, operation, region: region, question, window: window)
        call.notAfter = call.notAfter ?? notAfter
        return try await self.call(call) { (response) throws(AWSError) in try decoded(response) }
    }

    /// A call of a JSON service that changes something and answers nothing.
    func jsonCommand(
        _ service: AWSService,
        _ operation: String,
        region: String,
        _ question: some Encodable,
        window: WriteWindow
    ) async throws(AWSError) {
        let call = try jsonCall(service, operation, region: region, question, window: window)
        try await self.call(call) { _ in }
    }

    /// What is at that path of a REST service.
    func rest<Answer: Decodable>(
        _ service: AWSService,
        _ operation: String,
        region: String,
        path: String,
        query: [(name: String, value: String)] = []
    ) async throws(AWSError) -> Answer {
        let content = AWSCall.Content.rest(path: path, query: query)
        let call = AWSCall(service: service, operation: operation, region: region, content: content)
        return try await self.call(call) { (response) throws(AWSError) in try decoded(response) }
    }

    /// What a REST service answers to JSON that is posted to that path; with a window it is a call that changes
    /// something.
    func restPost<Answer: Decodable>(
        _ service: AWSService,
        _ operation: String,
        region: String,
        path: String,
        _ question: some Encodable,
        window: WriteWindow? = nil
    ) async throws(AWSError) -> Answer {
        let content = AWSCall.Content.restPost(path: path, body: try json(question, service, operation, region))
        var call = AWSCall(service: service, operation: operation, region: region, content: content)
        if let window { call = call.changing(window) }
        return try await self.call(call) { (response) throws(AWSError) in try decoded(response) }
    }

    private func jsonCall(
        _ service: AWSService,
        _ operation: String,
        region: String,
        _ question: some Encodable,
        window: WriteWindow?
    ) throws(AWSError) -> AWSCall {
        let body = try json(question, service, operation, region)
        let call = AWSCall(service: service, operation: operation, region: region, content: .json(body))
        return window.map { call.changing($0) } ?? call
    }

    private func json(
        _ question: some Encodable,
        _ service: AWSService,
        _ operation: String,
        _ region: String
    ) throws(AWSError) -> [UInt8] {
        do { return Array(try JSONEncoder().encode(question)) } catch {
            throw AWSError(.misconfigured, message: "the request cannot be written as JSON")
                .on(service, operation, region: region)
        }
    }
}

private func decoded<Answer: Decodable>(_ response: HTTPResponse) throws(AWSError) -> Answer {
    do {
        return try JSONDecoder().decode(Answer.self, from: Data(response.body))
    } catch DecodingError.dataCorrupted {
        throw AWSError(.malformedAnswer, message: "the answer is no JSON", status: response.status)
    } catch {
        throw notUnderstood("the JSON is not what was promised")
    }
}

/// Nil for an empty text: AWS ends a listing either way.
func token(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
