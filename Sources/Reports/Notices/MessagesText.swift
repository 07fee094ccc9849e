package import Core
import Foundation

/// `curfew messages`.
package enum MessagesText {
    package static func list(_ messages: [MessageRecord], on canvas: Canvas) -> String {
        guard !messages.isEmpty else { return "nothing was said to anybody yet\n" }
        return messages.map { message in
            let when = canvas.time(message.endedAt ?? message.queuedAt)
            let line = "\(message.id)  \(word(message))  \(SafeText.line(message.recipient.text))  \(when)"
            let why = message.bouncedBecause ?? (message.state == .accepted ? nil : message.reason)
            return "\(line)\n     \(SafeText.line(message.subject))\(why.map { "\n     \(SafeText.line($0))" } ?? "")\n"
        }.joined()
    }

    package static func text(_ message: MessageRecord, on canvas: Canvas) -> String {
        var lines = [
            "\(message.id)  \(word(message))", "to       \(SafeText.line(message.recipient.text))",
            "subject  \(SafeText.line(message.subject))", "queued   \(canvas.time(message.queuedAt))",
            "tries    \(message.tries)",
        ]
        if let ended = message.endedAt { lines.append("ended    \(canvas.time(ended))") }
        if message.state == .queued { lines.append("next     \(canvas.time(message.nextTryAt))") }
        if let reason = message.reason { lines.append("said     \(SafeText.line(reason))") }
        if let at = message.bouncedAt, let why = message.bouncedBecause {
            lines.append("came back  \(canvas.time(at)): \(SafeText.line(why))")
        }
        lines.append("")
        lines.append(
            message.letter.map {
                $0.text.split(separator: "\n", omittingEmptySubsequences: false).map { SafeText.line(String($0)) }
                    .joined(separator: "\n")
            } ?? "what it said is not kept any more"
        )
        return lines.joined(separator: "\n") + "\n"
    }

    private static func word(_ message: MessageRecord) -> String {
        if message.bouncedAt != nil { return "came back" }
        return message.isRepeated && message.state == .queued ? "queued once more" : message.state.rawValue
    }
}

/// `curfew messages --json`.
package struct MessageJSON: Encodable {
    let message: String
    let kind: String
    let recipient: String
    let subject: String
    let state: String
    let tries: Int
    let repeated: Bool
    let reason: String?
    let queuedAt: Date
    let nextTryAt: Date?
    let endedAt: Date?
    let cameBackAt: Date?
    let text: String?

    package init(_ record: MessageRecord) {
        message = record.id.description
        kind = record.kind.rawValue
        recipient = record.recipient.text
        subject = record.subject
        state = record.state.rawValue
        tries = record.tries
        repeated = record.isRepeated
        reason = record.bouncedBecause ?? record.reason
        queuedAt = record.queuedAt
        nextTryAt = record.state == .queued ? record.nextTryAt : nil
        endedAt = record.endedAt
        cameBackAt = record.bouncedAt
        text = record.letter?.text
    }
}
