// jquery.textSelection: what is selected in a text field, and how to change it.

const commands = {
	getContents: ( field ) => field.value,
	setContents( field, text ) {
		field.value = text;
	},
	getSelection: ( field ) => field.value.slice( field.selectionStart, field.selectionEnd ),
	replaceSelection( field, text ) {
		field.setRangeText( text, field.selectionStart, field.selectionEnd, 'end' );
	},
	encapsulateSelection( field, options ) {
		const o = Object.assign( { pre: '', peri: '', post: '' }, options );
		const chosen = field.value.slice( field.selectionStart, field.selectionEnd );
		field.setRangeText( o.pre + ( chosen && !o.replace ? chosen : o.peri ) + o.post, field.selectionStart, field.selectionEnd, 'end' );
	},
	getCaretPosition: ( field, options ) => options && options.startAndEnd ? [ field.selectionStart, field.selectionEnd ] : field.selectionStart,
	setSelection( field, options ) {
		field.setSelectionRange( options.start, options.end === undefined ? options.start : options.end );
	},
	scrollToCaretPosition() {},
	register() {},
	unregister() {}
};

$.fn.textSelection = function ( command, options ) {
	const field = this[ 0 ];
	if ( !field || !commands[ command ] || !( 'selectionStart' in field ) && command !== 'getContents' ) {
		return command.startsWith( 'get' ) ? '' : this;
	}
	const answer = commands[ command ]( field, options );
	return answer === undefined ? this : answer;
};
