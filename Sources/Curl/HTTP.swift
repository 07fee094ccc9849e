/// Header fields in the order given; names compare without case.
package struct HTTPHeaders: Sendable, Equatable {
    package struct Field: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    package private(set) var fields: [Field] = []

    package init() {}

    package init(_ pairs: [(name: String, value: String)]) {
        fields = pairs.map { Field(name: $0.name, value: $0.value) }
    }

    package mutating func add(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    /// Replaces every field of that name.
    package mutating func set(_ name: String, _ value: String) {
        fields.removeAll { $0.name.lowercased() == name.lowercased() }
        add(name, value)
    }

    /// The first value of that name, nil where there is none.
    package subscript(name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// Bounds of one transfer.
///
/// Every transfer has all of them: none can hang or fill the memory.
package struct TransferLimits: Sendable, Equatable {
    /// For name lookup, TCP and TLS together.
    package var connect: Duration
    /// For the whole transfer.
    package var total: Duration
    /// A transfer slower than `slowestBytesPerSecond` for this long ends as timed out.
    package var slow: Duration
    package var slowestBytesPerSecond: Int
    /// An answer whose body is longer ends the transfer.
    package var maximumBytes: Int

    package init(
        connect: Duration = .seconds(10),
        total: Duration = .seconds(60),
        slow: Duration = .seconds(20),
        slowestBytesPerSecond: Int = 100,
        maximumBytes: Int = 16 << 20
    ) {
        self.connect = connect
        self.total = total
        self.slow = slow
        self.slowestBytesPerSecond = slowestBytesPerSecond
        self.maximumBytes = maximumBytes
    }
}

/// One HTTP request.
///
/// The path and query of `url` are sent exactly as written.
package struct HTTPRequest: Sendable {
    package var method: String
    /// Absolute, http or https.
    package var url: String
    package var headers: HTTPHeaders
    package var body: [UInt8]
    package var limits: TransferLimits
    /// Checked last before anything is written; later than this, nothing is sent.
    package var notAfter: ContinuousClock.Instant?
    /// False: never through the proxy that the environment names, as towards what serves this machine alone.
    package var mayUseProxy: Bool

    package init(
        method: String = "GET",
        url: String,
        headers: HTTPHeaders = HTTPHeaders(),
        body: [UInt8] = [],
        limits: TransferLimits = TransferLimits(),
        notAfter: ContinuousClock.Instant? = nil,
        mayUseProxy: Bool = true
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.limits = limits
        self.notAfter = notAfter
        self.mayUseProxy = mayUseProxy
    }
}

/// A complete answer: status, headers and a body of exactly the announced length.
package struct HTTPResponse: Sendable, Equatable {
    package let status: Int
    package let headers: HTTPHeaders
    package let body: [UInt8]

    package init(status: Int, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
