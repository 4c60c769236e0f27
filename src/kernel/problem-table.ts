/** The one table of error codes: what a client is told, in both languages, and how to mend it; long because it is a table. docs/reference/errors.md is made from it. */

export interface ProblemKind {
  readonly status: number
  readonly title: { readonly en: string; readonly ar: string }
  readonly hint: { readonly en: string; readonly ar: string }
}

const kind = (status: number, en: string, ar: string, hintEn: string, hintAr: string): ProblemKind => ({
  status,
  title: { en, ar },
  hint: { en: hintEn, ar: hintAr },
})

export const problemKinds = {
  // The request as text
  'url-malformed': kind(
    400,
    'The address cannot be read',
    'تعذّرت قراءة العنوان',
    'Use the paths listed at /docs, percent-encoded.',
    'استخدم المسارات المذكورة في ‎/docs‎ بترميزها الصحيح.',
  ),
  'request-malformed': kind(
    400,
    'The request is not valid HTTP',
    'الطلب لا يوافق بروتوكول HTTP',
    'Send a well-formed HTTP/1.1 request.',
    'أرسل طلب HTTP/1.1 سليم البنية.',
  ),
  'body-missing': kind(
    400,
    'The request has no body',
    'الطلب بلا محتوى',
    'Send a JSON object with Content-Type: application/json.',
    'أرسل كائن JSON مع الترويسة Content-Type: application/json.',
  ),
  'json-malformed': kind(
    400,
    'The body is not valid JSON',
    'محتوى الطلب ليس JSON صحيحًا',
    'Check the text at the stated line and column against RFC 8259.',
    'راجع النص عند السطر والعمود المذكورين وفق RFC 8259.',
  ),
  'json-too-deep': kind(
    400,
    'The body is nested too deeply',
    'تداخل المحتوى أعمق من المسموح',
    'Flatten the structure below the stated depth.',
    'قلّل مستويات التداخل إلى ما دون الحد المذكور.',
  ),
  'json-duplicate-key': kind(
    400,
    'A key is written twice in one object',
    'تكرّر المفتاح نفسه في كائن واحد',
    'Keep one of the two; which one was meant cannot be known.',
    'أبقِ واحدًا منهما، إذ لا يُعرف أيّهما المقصود.',
  ),
  'json-key-forbidden': kind(
    400,
    'A key has a forbidden name',
    'اسم مفتاح غير مسموح به',
    'Rename the key; names that alter JavaScript objects are refused.',
    'غيّر اسم المفتاح، فالأسماء التي تمسّ بنية الكائنات مرفوضة.',
  ),
  'text-not-unicode': kind(
    400,
    'The text is not valid Unicode',
    'النص ليس بترميز يونيكود صحيح',
    'Send UTF-8 without lone surrogates.',
    'أرسل النص بترميز UTF-8 دون محارف بديلة منفردة.',
  ),
  'text-has-nul': kind(
    400,
    'The text contains a NUL character',
    'يحتوي النص على المحرف NUL',
    'Remove the character U+0000.',
    'احذف المحرف U+0000.',
  ),
  'content-type-unsupported': kind(
    415,
    'The content type is not accepted',
    'نوع المحتوى غير مقبول',
    'Send Content-Type: application/json (UTF-8).',
    'أرسل Content-Type: application/json بترميز UTF-8.',
  ),
  'body-too-large': kind(
    413,
    'The body is larger than this route accepts',
    'حجم المحتوى أكبر مما يقبله هذا المسار',
    'Send less at a time; the limit is documented at /docs.',
    'أرسل محتوى أصغر، والحد موثّق في ‎/docs‎.',
  ),
  'request-timeout': kind(
    408,
    'The request took too long to arrive',
    'استغرق وصول الطلب وقتًا أطول من المسموح',
    'Send the whole request within 15 seconds.',
    'أرسل الطلب كاملًا خلال 15 ثانية.',
  ),
  'headers-too-large': kind(
    431,
    'The headers are too large',
    'ترويسات الطلب أكبر من المسموح',
    'Send fewer or shorter headers.',
    'أرسل ترويسات أقل أو أقصر.',
  ),

  // The request against its schema
  'request-invalid': kind(
    400,
    'The request does not have the documented shape',
    'الطلب لا يوافق البنية الموثّقة',
    'Compare the part at the pointer with the schema at /docs.',
    'قارن الموضع المذكور بالمخطط المنشور في ‎/docs‎.',
  ),
  'national-id-malformed': kind(
    400,
    'The National ID is not ten digits',
    'الرقم الوطني لا يتكوّن من عشرة أرقام',
    'Write it as JSON text of ten ASCII digits 0-9, leading zeros included.',
    'اكتبه نصًّا من عشرة أرقام لاتينية (0-9) بما فيها الأصفار البادئة.',
  ),
  'value-not-storable': kind(
    400,
    'A value cannot be stored as it was sent',
    'تعذّر حفظ قيمة بالشكل الذي أُرسلت به',
    'Check for impossible dates, numbers out of range and unusual characters.',
    'تحقق من التواريخ غير الممكنة والأعداد الخارجة عن المدى والمحارف غير المعتادة.',
  ),
  'idempotency-key-missing': kind(
    400,
    'The Idempotency-Key header is missing',
    'ترويسة Idempotency-Key غير موجودة',
    'Send a fresh UUID per application and the same one when you retry.',
    'أرسل معرّف UUID جديدًا لكل طلب، والمعرّف نفسه عند إعادة المحاولة.',
  ),
  'idempotency-key-malformed': kind(
    400,
    'The Idempotency-Key header cannot be used',
    'لا يمكن استخدام قيمة Idempotency-Key',
    'Use a UUID. Never use a National ID as a key.',
    'استخدم معرّف UUID، ولا تستخدم الرقم الوطني مفتاحًا.',
  ),
  'idempotency-key-reused': kind(
    422,
    'This Idempotency-Key was used for another body',
    'استُخدم مفتاح Idempotency-Key هذا لمحتوى آخر',
    'Send a fresh key for a different application.',
    'أرسل مفتاحًا جديدًا لكل طلب مختلف.',
  ),
  'idempotency-in-progress': kind(
    409,
    'The same request is still being answered',
    'ما زال الطلب نفسه قيد المعالجة',
    'Send the same request with the same key again in a moment.',
    'أعد إرسال الطلب نفسه بالمفتاح نفسه بعد لحظات.',
  ),
  'as-of-not-available': kind(
    422,
    'This as-of date cannot be used',
    'لا يمكن استخدام تاريخ المرجع هذا',
    'Registry rows are current rows: leave asOf out, or use a date that is not after today.',
    'صفوف السجلات حالية: احذف asOf أو استخدم تاريخًا لا يتجاوز اليوم.',
  ),

  // Who asks
  'key-missing': kind(
    401,
    'An API key is required',
    'مفتاح واجهة البرمجة مطلوب',
    'Send Authorization: Bearer <key>.',
    'أرسل الترويسة Authorization: Bearer متبوعةً بالمفتاح.',
  ),
  'key-unknown': kind(
    401,
    'The API key is not valid',
    'مفتاح واجهة البرمجة غير صالح',
    'Check the key; it may have been revoked. Ask the registry operator for a new one.',
    'تحقق من المفتاح فقد يكون ملغى، واطلب مفتاحًا جديدًا من مشغّل السجل.',
  ),
  'permission-missing': kind(
    403,
    'The API key lacks the permission for this',
    'لا يملك المفتاح الصلاحية اللازمة',
    'Ask the registry operator for the permission named in "expected".',
    'اطلب من مشغّل السجل الصلاحية المذكورة في الحقل expected.',
  ),
  'too-many-requests': kind(
    429,
    'Too many requests',
    'عدد الطلبات أكبر من المسموح',
    'Wait for the number of seconds in Retry-After.',
    'انتظر عدد الثواني المذكور في Retry-After.',
  ),

  // What is asked for
  'route-not-found': kind(
    404,
    'There is nothing at this address',
    'لا يوجد شيء في هذا العنوان',
    'See /docs for the routes and their methods.',
    'انظر ‎/docs‎ لمعرفة المسارات وطرائقها.',
  ),
  'application-not-found': kind(
    404,
    'There is no such application',
    'لا يوجد طلب بهذا المعرّف',
    'Use the id that POST /v1/applications answered.',
    'استخدم المعرّف الذي أعاده ‎POST /v1/applications‎.',
  ),
  'determination-not-found': kind(
    404,
    'There is no such determination',
    'لا يوجد قرار بهذا المعرّف',
    'Use an id from an application or a stored determination.',
    'استخدم معرّفًا ورد في طلب أو في قرار محفوظ.',
  ),
  'version-not-found': kind(
    404,
    'There is no such version',
    'لا توجد نسخة بهذا المعرّف',
    'List what exists with GET /v1/programmes, /v1/formulas or /v1/catalogue.',
    'اعرض الموجود عبر ‎GET /v1/programmes‎ أو ‎/v1/formulas‎ أو ‎/v1/catalogue‎.',
  ),
  'person-not-found': kind(
    404,
    'No person with this number is known',
    'لا يُعرف شخص بهذا الرقم',
    'Check the number against the identity document.',
    'طابق الرقم مع وثيقة إثبات الشخصية.',
  ),
  'person-deceased': kind(
    422,
    'The civil register records this person as deceased',
    'السجل المدني يسجّل وفاة هذا الشخص',
    'Apply with the number of a living member; report an error to the Civil Status Department.',
    'قدّم الطلب برقم فرد على قيد الحياة، وأبلغ دائرة الأحوال المدنية عن أي خطأ.',
  ),
  'household-not-found': kind(
    422,
    'This person belongs to no household',
    'لا ينتمي هذا الشخص إلى أي أسرة مسجّلة',
    'Register the household at an assisted centre first.',
    'سجّل الأسرة أولًا في أحد مراكز الخدمة.',
  ),
  'households-several': kind(
    422,
    'This person is recorded in more than one household',
    'هذا الشخص مسجّل في أكثر من أسرة',
    'A social worker settles which household the person lives in.',
    'يحدّد الباحث الاجتماعي الأسرة التي يقيم معها هذا الشخص.',
  ),
  'reader-not-member': kind(
    422,
    'The reader is not a member of this household',
    'القارئ ليس من أفراد هذه الأسرة',
    'Name a member: values are shown to members of the household only.',
    'اذكر أحد أفراد الأسرة، فالبيانات لا تُعرض إلا على أفرادها.',
  ),
  'replay-not-possible': kind(
    409,
    'The determination cannot be computed again',
    'لا يمكن إعادة حساب هذا القرار',
    'One of the versions it used is no longer stored or no longer readable.',
    'إحدى النسخ المستخدمة لم تعد محفوظة أو مقروءة.',
  ),
  'nothing-in-force': kind(
    503,
    'No programme is in force on this date',
    'لا يوجد برنامج نافذ في هذا التاريخ',
    'Load the programmes first (they are loaded when the service starts).',
    'حمّل البرامج أولًا، وهي تُحمَّل عند بدء تشغيل الخدمة.',
  ),

  // Texts that people write
  'text-refused': kind(
    422,
    'The rule, formula or catalogue was refused',
    'رُفض نص القاعدة أو المعادلة أو الفهرس',
    'Each entry of "errors" names the place, what was expected and how to mend it.',
    'يبيّن كل بند في errors الموضع والمتوقع وطريقة الإصلاح.',
  ),
  'facts-refused': kind(
    422,
    'A value does not suit its fact',
    'قيمة لا تلائم المتغيّر الخاص بها',
    'Each entry of "errors" names the fact and the type it has in the catalogue.',
    'يبيّن كل بند في errors المتغيّر ونوعه في الفهرس.',
  ),
  'limit-exceeded': kind(
    422,
    'The request exceeds a named limit',
    'الطلب يتجاوز حدًّا معيّنًا',
    'The limit is named in "expected"; split the request.',
    'اسم الحد مذكور في expected؛ قسّم الطلب.',
  ),

  // Enrolments, each about one report of a batch
  'enrolment-programme-unknown': kind(
    422,
    'No programme of this name is in force',
    'لا يوجد برنامج نافذ بهذا الاسم',
    'Use an id that GET /v1/programmes lists.',
    'استخدم أحد المعرّفات التي يذكرها ‎GET /v1/programmes‎.',
  ),
  'enrolment-unit-mismatch': kind(
    422,
    'The report names another kind of unit than the programme has',
    'نوع الوحدة في البلاغ لا يوافق نوع وحدة البرنامج',
    'Send personRef for a programme that is judged per person, and leave it out for one that is judged per household.',
    'أرسل personRef للبرنامج الذي يُحدَّد لكل فرد، ولا ترسله للبرنامج الذي يُحدَّد للأسرة.',
  ),
  'enrolment-unit-unknown': kind(
    422,
    'There is no such household, or the person never belonged to it',
    'لا توجد أسرة بهذا المرجع، أو أن الفرد لم ينتمِ إليها',
    'Use the references of the ranked list; a National ID is never one.',
    'استخدم المراجع الواردة في قائمة المرشحين، ولا تستخدم الرقم الوطني.',
  ),
  'enrolment-date-ahead': kind(
    422,
    'The report speaks of a day that has not come',
    'يتحدث البلاغ عن يوم لم يأتِ بعد',
    'Report a state on the day on which it begins, or later.',
    'أبلغ عن الحالة في يوم بدئها أو بعده.',
  ),
  'enrolment-transition-refused': kind(
    422,
    'The unit cannot come to this state from the one it is in',
    'لا يمكن أن تنتقل الوحدة إلى هذه الحالة من حالتها الحالية',
    'The states that may follow are named in "expected". Report the missing step first, or correct the state.',
    'الحالات الممكنة مذكورة في expected. أبلغ عن الخطوة الناقصة أولًا أو صحّح الحالة.',
  ),
  'enrolment-reference-conflict': kind(
    409,
    'Another report was sent under this reference',
    'سبق إرسال بلاغ مختلف بالمرجع نفسه',
    'Give each report a reference of its own; what was reported stays as it is, and a later report corrects it.',
    'أعطِ كل بلاغ مرجعًا خاصًا به، فالبلاغ السابق لا يتغير ويُصحَّح ببلاغ لاحق.',
  ),
  'enrolment-reference-number': kind(
    422,
    'The reference may hold a National ID',
    'قد يتضمن المرجع رقمًا وطنيًا',
    'Use a reference without a run of exactly ten digits, such as a UUID.',
    'استخدم مرجعًا لا يحوي عشرة أرقام متتالية، مثل UUID.',
  ),

  // Us
  'database-unavailable': kind(
    503,
    'The database cannot be reached',
    'تعذّر الاتصال بقاعدة البيانات',
    'Try again after the number of seconds in Retry-After.',
    'أعد المحاولة بعد عدد الثواني المذكور في Retry-After.',
  ),
  'database-busy': kind(
    503,
    'The database did not answer in time',
    'لم تجب قاعدة البيانات في الوقت المحدد',
    'Try again; the request had no effect.',
    'أعد المحاولة، فلم يكن للطلب أي أثر.',
  ),
  'storage-full': kind(
    507,
    'The storage is full',
    'مساحة التخزين ممتلئة',
    'Reading still works. Tell the operator.',
    'القراءة ما زالت ممكنة. أبلغ المشغّل.',
  ),
  'service-overloaded': kind(
    503,
    'The service is overloaded',
    'الخدمة مثقلة بالطلبات',
    'Try again after the number of seconds in Retry-After.',
    'أعد المحاولة بعد عدد الثواني المذكور في Retry-After.',
  ),
  // Runs
  'run-not-found': kind(
    404,
    'There is no such run',
    'لا توجد عملية تشغيل بهذا الرقم',
    'List the runs with GET /v1/runs.',
    'اعرض عمليات التشغيل عبر GET /v1/runs.',
  ),
  'ranked-list-not-found': kind(
    404,
    'No list of this programme was published',
    'لم تُنشر قائمة لهذا البرنامج',
    'Name a programme of GET /v1/programmes, of which a completed run published a list.',
    'اذكر برنامجًا من GET /v1/programmes نشرت له عملية تشغيل مكتملة قائمة.',
  ),
  'cursor-unknown': kind(
    400,
    'The cursor is not one of this list',
    'مؤشر الصفحة لا يخص هذه القائمة',
    'Begin again without a cursor, or send the one of the page before with the same filters.',
    'ابدأ من جديد بلا مؤشر، أو أرسل مؤشر الصفحة السابقة مع عوامل التصفية نفسها.',
  ),
  'run-enrolled-exceed': kind(
    409,
    'The enrolled alone exceed the budget or the places',
    'المستفيدون المسجّلون وحدهم يتجاوزون المخصصات أو الأماكن',
    'A person decides: raise the limit of the programme, or report who leaves; then run again.',
    'القرار لشخص مسؤول: ارفع حد البرنامج أو أبلغ عمّن يخرج منه، ثم أعد التشغيل.',
  ),
  'run-registries-unusable': kind(
    409,
    'A registry that the run needs is missing or past its grace',
    'سجل تحتاجه عملية التشغيل غير محمّل أو تجاوز مهلة السماح',
    'Load the registries that are named, or tell the run to go on without them: what comes from them is unknown.',
    'حمّل السجلات المذكورة، أو اطلب المتابعة من دونها فتبقى قيمها غير معروفة.',
  ),
  'run-undetermined-share': kind(
    409,
    'More units would be undetermined than the run allows',
    'نسبة الحالات غير المحسومة تتجاوز ما تسمح به عملية التشغيل',
    'See which facts are unknown, or tell the run to go on with a greater share.',
    'اطّلع على المتغيّرات غير المعروفة، أو اطلب المتابعة بنسبة أكبر.',
  ),
  'run-disagreement': kind(
    500,
    'Two ways of judging the sample disagree',
    'اختلفت طريقتا الحكم على العيّنة',
    'Nothing was published. Tell the operator; the log names the programmes.',
    'لم يُنشر شيء. أبلغ المشغّل، والسجل يسمّي البرامج.',
  ),
  'internal-error': kind(
    500,
    'Something went wrong on our side',
    'حدث خطأ في الخدمة',
    'Tell the operator the request id.',
    'أبلغ المشغّل برقم الطلب.',
  ),
} as const satisfies Record<string, ProblemKind>

export type ProblemCode = keyof typeof problemKinds
