import Curl
import Foundation

extension AWSClient {
    /// What `read` makes of the `<OperationResult>` of a query operation; with a window it is a call that changes
    /// something.
    ///
    /// An answer without that element is an error: it does not say that there is nothing.
    func query<Answer>(
        _ service: AWSService,
        _ operation: String,
        region: String,
        _ parameters: [(name: String, value: String?)] = [],
        window: WriteWindow? = nil,
        isSigned: Bool = true,
        read: (XMLTree) throws(AWSError) -> Answer
    ) async throws(AWSError) -> Answer {
        var call = queryCall(service, operation, region: region, parameters, window: window)
        call.isSigned = isSigned
        return try await self.call(call) { (response) throws(AWSError) in
            let root = try xml(response, root: "\(operation)Response")
            guard let result = root["\(operation)Result"] else {
                throw notUnderstood("no \(operation)Result in the answer")
            }
            return try read(result)
        }
    }

    /// What `read` makes of the whole answer of a query operation, which may be too long for a tree.
    ///
    /// `read` has to look for the result element itself: an answer without it does not say that there is nothing.
    func query<Answer>(
        _ service: AWSService,
        _ operation: String,
        region: String,
        _ parameters: [(name: String, value: String?)],
        readBytes read: ([UInt8]) throws(AWSError) -> Answer
    ) async throws(AWSError) -> Answer {
        let call = queryCall(service, operation, region: region, parameters, window: nil)
        return try await self.call(call) { (response) throws(AWSError) in try read(response.body) }
    }

    /// A query operation that changes something and has no result element, only the response around the request id.
    func command(
        _ service: AWSService,
        _ operation: String,
        region: String,
        _ parameters: [(name: String, value: String?)],
        window: WriteWindow
    ) async throws(AWSError) {
        let call = queryCall(service, operation, region: region, parameters, window: window)
        try await self.call(call) { (response) throws(AWSError) in _ = try xml(response, root: "\(operation)Response") }
    }

    private func queryCall(
        _ service: AWSService,
        _ operation: String,
        region: String,
        _ parameters: [(name: String, value: String?)],
        window: WriteWindow?
    ) -> AWSCall {
        let given = parameters.compactMap { item in item.value.map { (name: item.name, value: $0) } }
        let call = AWSCall(service: service, operation: operation, region: region, content: .query(given))
        return window.map { call.changing($0) } ?? call
    }
}

/// A list in a query: `NAME.member.1`, `NAME.member.2` and so on.
func listed(_ name: String, _ values: [String]) -> [(name: String, value: String?)] {
    values.enumerated().map { ("\(name).member.\($0.offset + 1)", $0.element) }
}

/// The answer's tree with the root that was promised.
func xml(_ response: HTTPResponse, root name: String) throws(AWSError) -> XMLTree {
    let root: XMLTree
    do {
        root = try parsedXML(response.body)
    } catch {
        throw AWSError(
            .malformedAnswer,
            message: "the answer is no XML: \(error.reason), line \(error.line)",
            status: response.status
        )
    }
    guard root.name == name else { throw notUnderstood("expected \(name), got \(root.name.prefix(60))") }
    return root
}

func notUnderstood(_ what: String) -> AWSError {
    AWSError(.notUnderstood, message: "answer not understood: \(what)")
}

extension XMLTree {
    /// A list whose items are `<member>`.
    ///
    /// A missing list is an empty one only for optional attributes of an item; use `promised` for the list an operation
    /// is called for.
    func members(_ name: String) -> [XMLTree] { self[name]?.all("member") ?? [] }

    /// The list the operation is called for; its absence is not emptiness.
    func promised(_ name: String, of item: String = "member") throws(AWSError) -> [XMLTree] {
        guard let list = self[name] else { throw notUnderstood("no \(name) in the answer") }
        return list.all(item)
    }

    func required(_ name: String) throws(AWSError) -> String {
        guard let text = text(name), !text.isEmpty else {
            throw notUnderstood("\(self.name) without \(name)")
        }
        return text
    }

    /// Nil where absent or empty.
    func optional(_ name: String) -> String? { text(name).flatMap { $0.isEmpty ? nil : $0 } }

    func requiredDate(_ name: String) throws(AWSError) -> Date {
        guard let date = awsDate(try required(name)) else { throw notUnderstood("\(name) is no date") }
        return date
    }

    func date(_ name: String) throws(AWSError) -> Date? {
        guard optional(name) != nil else { return nil }
        return try requiredDate(name)
    }

    /// Nil where absent; anything but true and false is an error.
    func flag(_ name: String) throws(AWSError) -> Bool? {
        switch optional(name) {
        case nil: nil
        case "true": true
        case "false": false
        default: throw notUnderstood("\(name) is neither true nor false")
        }
    }
}

/// One page of a list and where the next begins; nil at the end.
///
/// A page may be empty and still have a next.
package struct Page<Item: Sendable>: Sendable {
    package let items: [Item]
    package let nextToken: String?

    package init(items: [Item], nextToken: String?) {
        self.items = items
        self.nextToken = nextToken
    }
}

/// Follows the tokens to the end.
///
/// A token that comes a second time is an error, not an endless loop.
package func allPages<Item: Sendable>(
    _ page: (String?) async throws(AWSError) -> Page<Item>
) async throws(AWSError) -> [Item] {
    var items: [Item] = []
    var seen: Set<String> = []
    var token: String?
    repeat {
        let next = try await page(token)
        items += next.items
        token = next.nextToken
        if let token, !seen.insert(token).inserted {
            throw AWSError(.notUnderstood, message: "answer not understood: the same page token came twice")
        }
    } while token != nil
    return items
}
