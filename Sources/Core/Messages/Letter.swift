package import Foundation

/// One message as it leaves: the same letter sent again is the same message.
package struct Letter: Sendable, Hashable, Codable {
    /// One line.
    package var subject: String
    package var text: String
    /// The same in HTML, for mail; nil where the text is all there is.
    package var html: String?
    package var attachments: [Attachment]
    /// Unique for ever; mail's Message-ID and the key by which a receiver can tell a repetition.
    package var id: LetterID
    /// What kind of mail it is, for filters and List-Id, such as `notices` or `weekly`.
    package var list: String
    package var date: Date

    package init(
        subject: String,
        text: String,
        html: String? = nil,
        attachments: [Attachment] = [],
        id: LetterID,
        list: String,
        date: Date
    ) {
        self.subject = subject
        self.text = text
        self.html = html
        self.attachments = attachments
        self.id = id
        self.list = list
        self.date = date
    }

    package struct Attachment: Sendable, Hashable, Codable {
        package var name: String
        /// Such as `text/csv`.
        package var mediaType: String
        package var text: String

        package init(name: String, mediaType: String, text: String) {
            self.name = name
            self.mediaType = mediaType
            self.text = text
        }
    }
}

/// The left half of a Message-ID: letters, digits, `-` and `.`.
package struct LetterID: Identifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}
