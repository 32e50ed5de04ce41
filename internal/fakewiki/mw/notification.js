// mediawiki.notification: messages that appear beside the page and go by themselves.

const defaults = { autoHide: true, autoHideSeconds: 'short', tag: null, title: null, type: null, visibleTimeout: true, id: false, classes: false };
const seconds = { short: 5, long: 30 };
const tagged = Object.create( null );

function area() {
	let $area = $( '#mw-notification-area' );
	if ( !$area.length ) {
		$area = $( '<div id="mw-notification-area" class="mw-notification-area mw-notification-area-layout" role="status">' ).appendTo( document.body );
	}
	return $area;
}

class Notification {
	constructor( message, options ) {
		this.options = options;
		this.$notification = $( '<div class="mw-notification" role="alert">' ).addClass( options.type ? 'mw-notification-type-' + options.type : '' ).addClass( options.classes || '' );
		if ( options.id ) {
			this.$notification.attr( 'id', options.id );
		}
		if ( options.title ) {
			$( '<div class="mw-notification-title">' ).text( options.title ).appendTo( this.$notification );
		}
		const $content = $( '<div class="mw-notification-content">' ).appendTo( this.$notification );
		if ( message instanceof mw.Message ) {
			$content.html( message.parse() );
		} else if ( typeof message === 'object' ) {
			$content.append( message );
		} else {
			$content.text( message );
		}
		this.$notification.on( 'click', () => this.close() );
	}

	start() {
		area().append( this.$notification );
		this.resume();
	}

	resume() {
		if ( this.options.autoHide ) {
			this.timer = setTimeout( () => this.close(), 1000 * ( seconds[ this.options.autoHideSeconds ] || this.options.autoHideSeconds ) );
		}
	}

	pause() {
		clearTimeout( this.timer );
	}

	close() {
		this.pause();
		this.$notification.remove();
	}
}

mw.notification = {
	defaults,
	autoHideSeconds: seconds,
	notify( message, options ) {
		const o = Object.assign( {}, defaults, options );
		if ( o.tag && tagged[ o.tag ] ) {
			tagged[ o.tag ].close();
		}
		const notification = new Notification( message, o );
		if ( o.tag ) {
			tagged[ o.tag ] = notification;
		}
		notification.start();
		return notification;
	},
	pause() {},
	resume() {}
};
module.exports = mw.notification;
