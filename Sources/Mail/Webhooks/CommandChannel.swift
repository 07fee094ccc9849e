package import Foundation

/// A program of the operator's that carries messages: one JSON document on its standard input.
package struct CommandChannel: Sendable {
    /// What the program reads.
    package struct Document: Sendable, Hashable, Codable {
        package let subject: String
        package let text: String
        package let to: String
        /// The same for every try of the same message.
        package let id: String
        package let list: String
        /// ISO 8601.
        package let date: String

        package init(subject: String, text: String, to: String, id: String, list: String, date: Date) {
            self.subject = subject
            self.text = text
            self.to = to
            self.id = id
            self.list = list
            self.date = date.formatted(.iso8601)
        }
    }

    private let command: [String]
    private let limit: Duration
    private let masking: Masking

    /// A program and its arguments; no shell reads them.
    package init(_ command: [String], within limit: Duration = .seconds(30), masking: @escaping Masking = { $0 }) {
        self.command = command
        self.limit = limit
        self.masking = masking
    }

    package func send(_ document: Document) async -> SendOutcome {
        guard let program = command.first, !program.isEmpty else { return .refused("the channel's command is empty") }
        guard let json = try? webhookJSON(document) else { return .refused("the message cannot be written as JSON") }
        let end = await runProgram(program, Array(command.dropFirst()), input: json + [10], within: limit)
        return SendOutcome(end, of: program, masking: masking)
    }
}
