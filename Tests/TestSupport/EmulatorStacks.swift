import Curl
import Foundation

/// CloudFormation of one account and region of ministack, spoken by hand: plain form posts without a real signature.
///
/// It shares nothing with the program's own client, so that a mistake of that one does not hide itself.
package struct EmulatorStacks: Sendable {
    /// What a listing says of a stack.
    package struct Stack: Sendable, Hashable {
        package let id: String
        package let name: String
        package let status: String
    }

    /// The emulator said something else than 200.
    package struct Refusal: Error, CustomStringConvertible {
        package let description: String
    }

    package let account: String
    package let region: String
    private let url: String
    private let pool: HTTPPool

    package init(url: String, account: String, region: String) {
        self.url = url
        self.account = account
        self.region = region
        pool = HTTPPool(width: 4)
    }

    /// The id of the new stack, which may still be in the making.
    @discardableResult
    package func create(
        _ name: String,
        template: String,
        tags: [String: String] = [:],
        parameters: [String: String] = [:],
        terminationProtection: Bool = false
    ) async throws -> String {
        var fields = [("StackName", name), ("TemplateBody", template)]
        for (index, tag) in tags.sorted(by: { $0.key < $1.key }).enumerated() {
            fields += [("Tags.member.\(index + 1).Key", tag.key), ("Tags.member.\(index + 1).Value", tag.value)]
        }
        for (index, parameter) in parameters.sorted(by: { $0.key < $1.key }).enumerated() {
            fields.append(("Parameters.member.\(index + 1).ParameterKey", parameter.key))
            fields.append(("Parameters.member.\(index + 1).ParameterValue", parameter.value))
        }
        for (index, word) in ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"].enumerated() {
            fields.append(("Capabilities.member.\(index + 1)", word))
        }
        if terminationProtection { fields.append(("EnableTerminationProtection", "true")) }
        let answer = try await ask("CreateStack", fields)
        guard let id = Self.text("StackId", in: answer) else { throw Refusal(description: "no StackId in \(answer)") }
        return id
    }

    /// The stack, by name or id, once nothing about it is in progress any more.
    @discardableResult
    package func settled(_ name: String) async throws -> Stack {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let found = Self.stacks(in: try await ask("DescribeStacks", [("StackName", name)]))
            guard let stack = found.first else { throw Refusal(description: "no stack \(name)") }
            if !stack.status.hasSuffix("_IN_PROGRESS") { return stack }
            guard ContinuousClock.now < deadline else { throw Refusal(description: "\(name) stays \(stack.status)") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Every stack that is not deleted, all pages.
    package func standing() async throws -> [Stack] {
        var stacks: [Stack] = []
        var token: String?
        repeat {
            let answer = try await ask("DescribeStacks", token.map { [("NextToken", $0)] } ?? [])
            stacks += Self.stacks(in: answer)
            token = Self.text("NextToken", in: answer)
        } while token != nil
        return stacks.filter { $0.status != "DELETE_COMPLETE" }
    }

    /// Everything that a stack was made from, and what came of it.
    package struct Detail: Sendable, Hashable {
        package var template = ""
        package var parameters: [String: String] = [:]
        package var tags: [String: String] = [:]
        package var capabilities: [String] = []
        package var policy: String?
        /// Values in which every physical id is written as the logical one: those are new with every stack.
        package var outputs: [String: String] = [:]
        package var exports: [String: String] = [:]
        package var isProtected = false
    }

    /// By name.
    package func detail(_ name: String) async throws -> Detail {
        let stack = try await ask("DescribeStacks", [("StackName", name)])
        let template = try await ask("GetTemplate", [("StackName", name), ("TemplateStage", "Original")])
        let resources = try await ask("DescribeStackResources", [("StackName", name)])
        let policy = try await ask("GetStackPolicy", [("StackName", name)])
        var ids = Self.pairs(resources, "StackResources", "PhysicalResourceId", "LogicalResourceId")
        ids[Self.text("StackId", in: stack) ?? ""] = "stack"
        // Longest first: one id may begin with another.
        let known = ids.sorted { ($1.key.count, $0.key) < ($0.key.count, $1.key) }.filter { !$0.key.isEmpty }
        var detail = Detail()
        detail.template = Self.text("TemplateBody", in: template) ?? ""
        detail.parameters = Self.pairs(stack, "Parameters", "ParameterKey", "ParameterValue")
        detail.tags = Self.pairs(stack, "Tags", "Key", "Value")
        detail.outputs = Self.pairs(stack, "Outputs", "OutputKey", "OutputValue").mapValues { value in
            known.reduce(value) { $0.replacingOccurrences(of: $1.key, with: "{\($1.value)}") }
        }
        detail.exports = Self.pairs(stack, "Outputs", "OutputKey", "ExportName")
        detail.capabilities = (Self.text("Capabilities", in: stack) ?? "").components(separatedBy: "<member>")
            .dropFirst().compactMap { $0.components(separatedBy: "<").first }.sorted()
        detail.policy = Self.text("StackPolicyBody", in: policy)
        detail.isProtected = Self.text("EnableTerminationProtection", in: stack) == "true"
        return detail
    }

    package func setPolicy(_ policy: String, of name: String) async throws {
        _ = try await ask("SetStackPolicy", [("StackName", name), ("StackPolicyBody", policy)])
    }

    /// Of each member of a list, one element by another; members without both say nothing.
    private static func pairs(_ answer: String, _ list: String, _ key: String, _ value: String) -> [String: String] {
        let members = (text(list, in: answer) ?? "").components(separatedBy: "<member>").dropFirst()
        let pairs = members.compactMap { member in
            text(key, in: member).flatMap { key in text(value, in: member).map { (key, $0) } }
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// Deletes behind the program's back.
    package func delete(_ name: String) async throws { _ = try await ask("DeleteStack", [("StackName", name)]) }

    /// Updates the stack, as a deployment would.
    package func update(_ name: String, template: String, tags: [String: String]) async throws {
        var fields = [("StackName", name), ("TemplateBody", template)]
        for (index, tag) in tags.sorted(by: { $0.key < $1.key }).enumerated() {
            fields += [("Tags.member.\(index + 1).Key", tag.key), ("Tags.member.\(index + 1).Value", tag.value)]
        }
        _ = try await ask("UpdateStack", fields)
    }

    private func ask(_ action: String, _ fields: [(String, String)]) async throws -> String {
        let all = [("Action", action), ("Version", "2010-05-15")] + fields
        let body = all.map { "\(Self.encoded($0.0))=\(Self.encoded($0.1))" }.joined(separator: "&")
        let scope = "20260101/\(region)/cloudformation/aws4_request"
        let request = HTTPRequest(
            method: "POST",
            url: url + "/",
            headers: HTTPHeaders([
                ("Content-Type", "application/x-www-form-urlencoded"),
                (
                    "Authorization",
                    "AWS4-HMAC-SHA256 Credential=\(account)/\(scope), SignedHeaders=host, Signature=00"
                ),
            ]),
            body: Array(body.utf8)
        )
        let response = try await pool.send(request)
        let text = String(decoding: response.body, as: UTF8.self)
        guard response.status == 200 else { throw Refusal(description: "\(action): \(response.status) \(text)") }
        return text
    }

    private static func encoded(_ text: String) -> String {
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }

    /// The emulator begins each stack with its `StackName`; nothing else in a listing is called that.
    private static func stacks(in answer: String) -> [Stack] {
        answer.components(separatedBy: "<StackName>").dropFirst().compactMap { piece in
            guard let id = text("StackId", in: piece), let status = text("StackStatus", in: piece) else { return nil }
            return Stack(id: id, name: String(piece.prefix { $0 != "<" }), status: status)
        }
    }

    private static func text(_ element: String, in answer: String) -> String? {
        guard let start = answer.range(of: "<\(element)>"),
            let end = answer.range(of: "</\(element)>", range: start.upperBound..<answer.endIndex)
        else { return nil }
        return String(answer[start.upperBound..<end.lowerBound])
    }
}
